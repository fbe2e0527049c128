namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>methods.md 25.16: an odd number of rotated entries, from a partial factor that does not divide the head. Transformers' arange takes it without a
/// word, with (d + 1) / 2 frequencies.</summary>
internal sealed class RotaryWidth : Rule
{
    /// <inheritdoc/>
    public override string Name => "rotary-width";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var config = input.Rope.Config;
        var head = RopeSettings.Count(config, "head_dim")
            ?? (RopeSettings.Count(config, "hidden_size") is { } hidden && RopeSettings.Count(config, "num_attention_heads") is { } heads && hidden % heads == 0 ? hidden / heads : null);
        var fraction = RopeSettings.Number(config, "partial_rotary_factor") ?? RopeSettings.Number(config, "rotary_pct") ?? input.Rope.InnerNumber("partial_rotary_factor") ?? 1;
        if (head is { } width && (int)(width * fraction) is var rotated && rotated % 2 != 0)
        {
            yield return Of(input, Severity.Error, "partial_rotary_factor", $"{rotated} rotated entries of a head of {width}", "a share that gives an even number",
                (Engines.Transformers5, "computes one frequency too many, or stops on a shape"), (Engines.Vllm, "stops on a shape"), (Engines.LlamaCpp, "stops"), (Engines.Ropewalk, "refuses"));
        }
    }
}
