using System.Text.Json;

namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>methods.md 25.6 and 25.7: two different lists, and each engine has its own rule for which one turns a token. Nothing in the file decides it.</summary>
internal sealed class LongRopeSwitch : Rule
{
    /// <inheritdoc/>
    public override string Name => "longrope-switch";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (rope.Type == "longrope" && rope.Original is { } original && rope.Inner("short_factor") is { } one && rope.Inner("long_factor") is { } two && !JsonElement.DeepEquals(one, two))
        {
            yield return Of(input, Severity.Note, rope.Name("long_factor"), $"another list than short_factor, with a border at {original} tokens", "nothing; choose context sizes with care",
                (Engines.Transformers5, $"long when the sequence has more than {original} tokens; Phi-3 then drops its cache and starts over"),
                (Engines.Vllm, $"long for every request when max_model_len is above {original}, also for short ones (PR #27431; 0.5 switched whole batches)"),
                (Engines.LlamaCpp, $"long when the context is allocated for more than {original} tokens (#24823): -c {original} for short texts"),
                ("mlx-lm", "long at every length"),
                (Engines.Ropewalk, $"long when the whole sequence, the tokens to come included, has more than {original} tokens"));
        }
    }
}
