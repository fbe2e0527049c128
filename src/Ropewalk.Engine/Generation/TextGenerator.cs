using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;
using Ropewalk.Positions;

namespace Ropewalk.Engine.Generation;

/// <summary>Continues a sequence token by token over a key-value cache. One softmax never sees two factor sets.</summary>
public static class TextGenerator
{
    /// <summary>Generates until a stop token or the limit.</summary>
    /// <param name="model">The model.</param>
    /// <param name="method">Scaling and plan.</param>
    /// <param name="prompt">At least one id.</param>
    /// <param name="maxTokens">Tokens to generate at most.</param>
    /// <param name="sampler">Chooses a token from logits.</param>
    /// <param name="stopTokens">Each ends the text; not returned.</param>
    /// <param name="policy">Which factors the sequence has.</param>
    /// <param name="cacheType">Type of the keys and values kept: F32, F16 or BF16.</param>
    /// <param name="cancellationToken">Stops between tokens.</param>
    public static IEnumerable<int> Generate(
        LanguageModel model, PositionMethod method, IReadOnlyList<int> prompt, int maxTokens, Sampler sampler, IReadOnlySet<int> stopTokens, SwitchPolicy policy = SwitchPolicy.BySequence, GgmlType cacheType = GgmlType.F32, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(prompt.Count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(maxTokens);
        var length = prompt.Count + maxTokens;
        using var session = new GenerationSession(model, method, length, policy, cacheType);
        var pending = prompt.ToArray();
        for (var i = 0; i < maxTokens; i++)
        {
            var next = 0;
            session.Append(pending, pending.Length - 1, (_, logits) => next = sampler.Next(logits), cancellationToken);
            if (stopTokens.Contains(next))
            {
                yield break;
            }

            yield return next;
            pending = [next];
        }
    }
}
