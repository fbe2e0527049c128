using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>methods.md 25.8: longrope's attention factor. Transformers takes attention_factor, else sqrt(1 + ln s / ln L); s is max / original in 4.x and a
/// given factor in 5. vLLM takes short_mscale and long_mscale, else the formula with max / original; llama.cpp's converter always that formula
/// (conversion/phi.py), and none at all for minicpm.</summary>
internal sealed class LongRopeAttention : Rule
{
    /// <inheritdoc/>
    public override string Name => "longrope-attention";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (rope is not { Type: "longrope", Ratio: { } ratio, Original: >= 2 and { } original })
        {
            yield break;
        }

        var formula = AttentionFactors.Su(ratio, original);
        if (rope.InnerNumber("attention_factor") is { } given && Math.Abs((given / formula) - 1) > 1e-6)
        {
            var told = rope.InnerNumber("short_mscale") is { } a && rope.InnerNumber("long_mscale") is { } b && a.Equals(given) && b.Equals(given);
            yield return Of(input, Severity.Warning, rope.Name("attention_factor"), $"{RopeSettings.Shown(given)}, where max / original gives {RopeSettings.Shown(formula)}",
                told ? "for llama.cpp a GGUF file by ropewalk" : $"short_mscale and long_mscale {RopeSettings.Shown(given)} beside it for vLLM; for llama.cpp a GGUF file by ropewalk",
                (Engines.Transformers5, "takes it"), (Engines.Vllm, told ? "takes short_mscale and long_mscale" : "computes the formula"), (Engines.LlamaCpp, "its converter computes the formula"), (Engines.Ropewalk, "takes it"));
        }
        else if (rope.InnerNumber("attention_factor") is null && rope.Factor is { } factor && Math.Abs((factor / ratio) - 1) > 1e-6)
        {
            yield return Of(input, Severity.Warning, rope.Name("factor"), $"{RopeSettings.Shown(factor)}, where max / original is {RopeSettings.Shown(ratio)}", "attention_factor, the number itself, and no factor",
                (Engines.Transformers44, "takes max / original"), (Engines.Transformers457, "takes max / original"), (Engines.Transformers5, "takes the factor"), (Engines.Vllm, "takes max / original"), (Engines.LlamaCpp, "takes max / original"), (Engines.Ropewalk, "takes the factor and tells"));
        }
        else if (rope.InnerNumber("attention_factor") is null && (rope.InnerNumber("short_mscale") ?? rope.InnerNumber("long_mscale")) is { } mscale && Math.Abs((mscale / formula) - 1) > 1e-6)
        {
            yield return Of(input, Severity.Warning, rope.Name("short_mscale, long_mscale"), $"{RopeSettings.Shown(mscale)}, where max / original gives {RopeSettings.Shown(formula)}", "attention_factor with the same number, if both lists have one",
                (Engines.Vllm, "takes them"), ("mlx-lm", "takes long_mscale"), (Engines.Transformers5, "ignores them"), (Engines.LlamaCpp, "ignores them"), (Engines.Ropewalk, "tells and ignores them"));
        }
    }
}
