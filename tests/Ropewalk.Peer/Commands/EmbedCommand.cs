using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Ropewalk.Peer.Commands;

/// <summary>Vectors of texts, each run alone, as raw little-endian float32 in a file; without pooling the rows of all their tokens. Not normalised.</summary>
internal static class EmbedCommand
{
    /// <summary>Runs it.</summary>
    public static JsonObject Run(Arguments arguments)
    {
        var source = arguments.Required("--texts");
        var target = arguments.Required("--out");
        var pooling = arguments.Choice("--pooling", -1, ("none", 0), ("mean", 1), ("cls", 2), ("last", 3));
        var options = new ContextOptions(arguments);
        var path = arguments.ExistingFile("MODEL.gguf");
        arguments.Finish();
        var texts = InputFile.ReadTexts(source);
        using var model = new LoadedModel(path);
        foreach (var text in texts)
        {
            model.RequireTokens(source, text);
        }

        var most = texts.Max(t => t.Length);
        using var context = new ModelContext(model, options, most, most, most, pooling);
        try
        {
            using var file = File.Create(target, 1 << 20);
            foreach (var text in texts)
            {
                file.Write(MemoryMarshal.AsBytes(context.Embed(text, pooling != 0)));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PeerInputException($"--out {target}: {e.Message}");
        }

        var result = ModelReport.Of(model);
        result["texts"] = texts.Length;
        result["width"] = Native.LlamaNative.llama_model_n_embd(model.Handle);
        result["out"] = target;
        return result;
    }
}
