using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;
using Ropewalk.Positions;

namespace Ropewalk.Engine.Generation;

/// <summary>Continues a sequence token by token over a key-value cache. The frequencies are decided once, for the prompt plus the tokens
/// allowed, and rule the whole sequence: one softmax never sees two factor sets.</summary>
public static class TextGenerator
{
    // Long prompts go through in pieces, so that the hidden rows of all of them are never held at once.
    private const int PrefillTokens = 4096;

    /// <summary>Generates until a stop token or the limit.</summary>
    /// <param name="model">The model.</param>
    /// <param name="method">Chooses the frequencies by the whole length, and the positions.</param>
    /// <param name="prompt">At least one id.</param>
    /// <param name="maxTokens">Tokens to generate at most.</param>
    /// <param name="sampler">Chooses a token from logits.</param>
    /// <param name="stopToken">Ends the text; not returned. Null for none.</param>
    /// <param name="cacheType">Type of the keys and values kept: F32, F16 or BF16.</param>
    /// <param name="cancellationToken">Stops between tokens.</param>
    public static IEnumerable<int> Generate(
        LanguageModel model, PositionMethod method, IReadOnlyList<int> prompt, int maxTokens, Sampler sampler, int? stopToken, GgmlType cacheType = GgmlType.F32, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(prompt.Count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(maxTokens);
        var length = prompt.Count + maxTokens;
        using var rotary = new RotaryTable(method.At(length), method.Layout, length);
        using var cache = new KeyValueCache(model.Shape, length, singlePass: false, cacheType, rotary.NumKeySets);
        var pending = prompt.ToArray();
        for (var i = 0; i < maxTokens; i++)
        {
            var next = 0;
            for (var first = 0; first < pending.Length; first += PrefillTokens)
            {
                var piece = pending.AsSpan(first, Math.Min(PrefillTokens, pending.Length - first));
                var isLast = first + piece.Length == pending.Length;
                model.Forward(piece, cache, rotary, isLast ? piece.Length - 1 : piece.Length, (_, logits) => next = sampler.Next(logits), cancellationToken);
            }

            if (next == stopToken)
            {
                yield break;
            }

            yield return next;
            pending = [next];
        }
    }
}
