using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Ropewalk.Peer.Commands;

/// <summary>Every position's logits as raw little-endian float32, rows x vocabulary, in a file.</summary>
internal static class LogitsCommand
{
    /// <summary>Runs it.</summary>
    public static JsonObject Run(Arguments arguments)
    {
        var source = arguments.Required("--tokens");
        var target = arguments.Required("--out");
        var options = new ContextOptions(arguments);
        var path = arguments.ExistingFile("MODEL.gguf");
        arguments.Finish();
        var tokens = InputFile.ReadTokens(source);
        using var model = new LoadedModel(path);
        model.RequireTokens(source, tokens);
        using var context = new ModelContext(model, options, tokens.Length);
        try
        {
            using var file = File.Create(target, 1 << 20);
            context.Run(tokens, (_, logits) => file.Write(MemoryMarshal.AsBytes(logits)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PeerInputException($"--out {target}: {e.Message}");
        }

        var result = ModelReport.Of(model);
        result["n_ctx"] = context.Length;
        result["rows"] = tokens.Length;
        result["out"] = target;
        return result;
    }
}
