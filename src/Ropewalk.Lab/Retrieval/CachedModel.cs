using Ropewalk.Engine.Generation;
using Ropewalk.Engine.Models;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Retrieval;

/// <summary>A language model under a method: the prompt goes through once, each candidate and the greedy continuation start from its cache.
/// That is exact: keys and values of the prompt do not depend on what follows, and the factors are chosen by the window, not by the tokens so far.</summary>
/// <param name="model">The model.</param>
/// <param name="method">What is done to its positions.</param>
/// <param name="stopTokens">Each ends a continuation.</param>
public sealed class CachedModel(LanguageModel model, PositionMethod method, IReadOnlySet<int> stopTokens) : IAnsweringModel
{
    // Long prompts go through in pieces, so that the hidden rows of all of them are never held at once.
    private const int PrefillTokens = 4096;

    /// <inheritdoc />
    public ModelAnswer Ask(FittedPrompt prompt, RetrievalScoring scoring, CancellationToken cancellationToken)
    {
        using var rotary = new RotaryTable(method.At(prompt.Window), method.Layout, prompt.Window);
        using var cache = new KeyValueCache(model.Shape, prompt.Window, singlePass: false, numKeySets: rotary.NumKeySets);
        float[] Read(ReadOnlySpan<int> tokens)
        {
            var last = Array.Empty<float>();
            for (var first = 0; first < tokens.Length; first += PrefillTokens)
            {
                var piece = tokens.Slice(first, Math.Min(PrefillTokens, tokens.Length - first));
                var isLast = first + piece.Length == tokens.Length;
                model.Forward(piece, cache, rotary, isLast ? piece.Length - 1 : piece.Length, (_, logits) => last = logits.ToArray(), cancellationToken);
            }

            return last;
        }

        var afterShared = Read(prompt.Prompt.AsSpan(0, prompt.Shared));
        double[] losses = [];
        if (scoring.HasFlag(RetrievalScoring.Choice))
        {
            losses = [.. prompt.Continuations.Select(c =>
            {
                var loss = TokenLoss.Of(afterShared, c[0]);
                if (c.Length > 1)
                {
                    model.Forward(c.AsSpan(0, c.Length - 1), cache, rotary, 0, (row, logits) => loss += TokenLoss.Of(logits, c[row + 1]), cancellationToken);
                    cache.Truncate(prompt.Shared);
                }

                return loss;
            })];
        }

        var generated = new List<int>();
        if (scoring.HasFlag(RetrievalScoring.Greedy))
        {
            var sampler = new Sampler(temperature: 0, () => 0);
            var logits = prompt.Shared == prompt.Prompt.Length ? afterShared : Read(prompt.Prompt.AsSpan(prompt.Shared));
            while (generated.Count < prompt.MaxNewTokens && sampler.Next(logits) is var next && !stopTokens.Contains(next))
            {
                generated.Add(next);
                if (generated.Count < prompt.MaxNewTokens)
                {
                    logits = Read([next]);
                }
            }
        }

        return new ModelAnswer(losses, [.. generated]);
    }
}
