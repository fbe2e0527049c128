namespace Ropewalk.Engine.Tokenization;

/// <summary>SentencePiece's way: spaces become a visible marker, which starts a word.</summary>
internal sealed class MetaspacePreTokenizer(char marker, PrependScheme scheme, bool split) : PreTokenizer
{
    public static MetaspacePreTokenizer ReadMetaspace(JsonField field)
    {
        var (marker, scheme) = ReadMarker(field);
        return new MetaspacePreTokenizer(marker, scheme, field.BoolOr("split", true));
    }

    /// <summary>The marker and the scheme, which the decoder has too; older files say add_prefix_space.</summary>
    public static (char Marker, PrependScheme Scheme) ReadMarker(JsonField field)
    {
        var replacement = field.Optional("replacement");
        if (replacement is { } r && (r.String().Length != 1 || char.IsSurrogate(r.String()[0])))
        {
            throw r.Error("one character up to U+FFFF");
        }

        var scheme = field.Optional("prepend_scheme") is { } s
            ? s.String() switch
            {
                "always" => PrependScheme.Always,
                "first" => PrependScheme.First,
                "never" => PrependScheme.Never,
                _ => throw s.Error("always, first or never"),
            }
            : field.BoolOr("add_prefix_space", true) ? PrependScheme.Always : PrependScheme.Never;
        return (replacement?.String()[0] ?? '\u2581', scheme);
    }

    public override TextCut Cuts => TextCut.Elsewhere;

    public override bool AddsPrefix => scheme == PrependScheme.Always;

    public override List<Piece> Split(List<Piece> pieces)
    {
        var result = new List<Piece>();
        var stretches = new List<Stretch>();
        var scanner = new LiteralScanner(marker.ToString());
        foreach (var piece in pieces)
        {
            var text = piece.Text.ToString().Replace(' ', marker);
            if (text[0] != marker && !piece.Continues && (scheme == PrependScheme.Always || (scheme == PrependScheme.First && piece.AtStart)))
            {
                text = marker + text;
            }

            stretches.Clear();
            if (split)
            {
                scanner.Scan(text, stretches);
                SplitBehaviors.Apply(SplitBehavior.MergedWithNext, stretches);
            }
            else
            {
                stretches.Add(new Stretch(0, text.Length, IsMatch: false));
            }

            foreach (var s in stretches)
            {
                result.Add(new Piece(text.AsMemory(s.Start, s.End - s.Start), piece.AtStart && s.Start == 0, piece.Continues && s.Start == 0));
            }
        }

        return result;
    }
}
