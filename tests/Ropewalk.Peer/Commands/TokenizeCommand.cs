using System.Text.Json.Nodes;
using Ropewalk.Peer.Native;

namespace Ropewalk.Peer.Commands;

/// <summary>A text's token ids by the model's own vocabulary.</summary>
internal static unsafe class TokenizeCommand
{
    /// <summary>Runs it.</summary>
    public static JsonObject Run(Arguments arguments)
    {
        var source = arguments.Required("--text");
        var addSpecial = arguments.Flag("--special");
        var parseSpecial = arguments.Flag("--parse-special");
        var path = arguments.ExistingFile("MODEL.gguf");
        arguments.Finish();
        var text = InputFile.Read(source);
        using var model = new LoadedModel(path, vocabularyOnly: true);

        // The first call only counts: it has no room.
        var count = -Tokenize(model.Vocabulary, text, [], addSpecial, parseSpecial);
        var tokens = new int[Math.Max(count, 0)];
        if (tokens.Length > 0 && Tokenize(model.Vocabulary, text, tokens, addSpecial, parseSpecial) != tokens.Length)
        {
            throw new PeerInputException($"{source}: llama.cpp cannot tokenize it: {LlamaLog.LastErrors}");
        }

        return new JsonObject { ["ids"] = new JsonArray([.. tokens.Select(t => JsonValue.Create(t))]) };
    }

    private static int Tokenize(nint vocabulary, byte[] text, int[] tokens, bool addSpecial, bool parseSpecial)
    {
        fixed (byte* bytes = text)
        fixed (int* ids = tokens)
        {
            return LlamaNative.llama_tokenize(vocabulary, bytes, text.Length, ids, tokens.Length, addSpecial ? (byte)1 : (byte)0, parseSpecial ? (byte)1 : (byte)0);
        }
    }
}
