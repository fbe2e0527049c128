using System.Text;
using System.Text.Json.Nodes;
using Ropewalk.Peer.Native;

namespace Ropewalk.Peer.Commands;

/// <summary>The text of token ids. A token can end in the middle of a character: base64 holds the exact bytes.</summary>
internal static unsafe class DetokenizeCommand
{
    /// <summary>Runs it.</summary>
    public static JsonObject Run(Arguments arguments)
    {
        var source = arguments.Required("--tokens");
        var removeSpecial = arguments.Flag("--remove-special");
        var showSpecial = arguments.Flag("--special");
        var path = arguments.ExistingFile("MODEL.gguf");
        arguments.Finish();
        var tokens = InputFile.ReadTokens(source);
        using var model = new LoadedModel(path, vocabularyOnly: true);
        model.RequireTokens(source, tokens);
        var bytes = new byte[Math.Max(0, -Detokenize(model.Vocabulary, tokens, [], removeSpecial, showSpecial))];
        if (bytes.Length > 0)
        {
            bytes = bytes[..Math.Max(0, Detokenize(model.Vocabulary, tokens, bytes, removeSpecial, showSpecial))];
        }

        return new JsonObject { ["text"] = Encoding.UTF8.GetString(bytes), ["base64"] = Convert.ToBase64String(bytes) };
    }

    private static int Detokenize(nint vocabulary, int[] tokens, byte[] text, bool removeSpecial, bool showSpecial)
    {
        fixed (int* ids = tokens)
        fixed (byte* bytes = text)
        {
            return LlamaNative.llama_detokenize(vocabulary, ids, tokens.Length, bytes, text.Length, removeSpecial ? (byte)1 : (byte)0, showSpecial ? (byte)1 : (byte)0);
        }
    }
}
