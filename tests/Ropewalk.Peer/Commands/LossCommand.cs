using System.Text.Json.Nodes;

namespace Ropewalk.Peer.Commands;

/// <summary>The loss of every token after the first, in nats, from llama.cpp's logits in double precision.</summary>
internal static class LossCommand
{
    /// <summary>Runs it.</summary>
    public static JsonObject Run(Arguments arguments)
    {
        var source = arguments.Required("--tokens");
        var options = new ContextOptions(arguments);
        var path = arguments.ExistingFile("MODEL.gguf");
        arguments.Finish();
        var tokens = InputFile.ReadTokens(source);
        if (tokens.Length < 2)
        {
            throw new PeerInputException($"{source}: found {tokens.Length} token, expected at least 2");
        }

        using var model = new LoadedModel(path);
        model.RequireTokens(source, tokens);
        using var context = new ModelContext(model, options, tokens.Length);
        var losses = new double[tokens.Length - 1];
        context.Run(tokens, (row, logits) =>
        {
            if (row < losses.Length)
            {
                losses[row] = Loss(logits, tokens[row + 1]);
            }
        });
        var bad = Array.FindIndex(losses, l => !double.IsFinite(l));
        if (bad >= 0)
        {
            throw new PeerInputException($"{path}: loss of token {bad + 1}: found {losses[bad]}, expected a number: llama.cpp cannot run this model here");
        }

        var result = ModelReport.Of(model);
        result["n_ctx"] = context.Length;
        result["mean"] = losses.Average();
        result["losses"] = new JsonArray([.. losses.Select(l => JsonValue.Create(l))]);
        return result;
    }

    // -ln softmax(logits)[target]. Subtracting the largest keeps the exponentials finite.
    private static double Loss(ReadOnlySpan<float> logits, int target)
    {
        var largest = double.NegativeInfinity;
        foreach (var logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        var sum = 0d;
        foreach (var logit in logits)
        {
            sum += Math.Exp(logit - largest);
        }

        return largest + Math.Log(sum) - logits[target];
    }
}
