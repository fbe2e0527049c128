using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Cuts where the script changes. Characters without a script go with those before them; at the start of a piece,
/// where there are none, the reference drops them, and so it is done here.</summary>
internal sealed class UnicodeScriptsPreTokenizer : PreTokenizer
{
    public override List<Piece> Split(List<Piece> pieces)
    {
        var result = new List<Piece>();
        foreach (var piece in pieces)
        {
            var text = piece.Text.Span;
            var (start, last) = (-1, -1);
            for (var at = 0; at < text.Length;)
            {
                Rune.DecodeFromUtf16(text[at..], out var rune, out var length);
                var script = CharacterClasses.ScriptOf(rune.Value);
                if (script >= 0 && script != last)
                {
                    Add(result, piece, start, at);
                    (start, last) = (at, script);
                }

                at += length;
            }

            Add(result, piece, start, text.Length);
        }

        return result;
    }

    private static void Add(List<Piece> result, Piece piece, int start, int end)
    {
        if (start >= 0)
        {
            result.Add(new Piece(piece.Text[start..end], piece.AtStart && start == 0));
        }
    }
}
