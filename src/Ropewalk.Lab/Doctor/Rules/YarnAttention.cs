using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>methods.md 25.3: attention_factor replaces the formula in Transformers, attn_factor multiplies it in vLLM, and llama.cpp computes its own
/// (src/llama-context.cpp since PR #17945: yarn_attn_factor is overwritten; its converter writes attention_factor under that very key).
/// mscale counts in Transformers only where both keys are there and not 0.</summary>
internal sealed class YarnAttention : Rule
{
    /// <inheritdoc/>
    public override string Name => "yarn-attention";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (rope is not { Type: "yarn", Factor: > 0 and { } factor })
        {
            yield break;
        }

        var formula = AttentionFactors.Yarn(factor);
        if (rope.InnerNumber("attention_factor") is { } given && Math.Abs((given / formula) - 1) > 1e-6)
        {
            yield return Of(input, Severity.Warning, rope.Name("attention_factor"), $"{RopeSettings.Shown(given)}, where 0.1 ln s + 1 is {RopeSettings.Shown(formula)}",
                "for llama.cpp a GGUF file with rope.scaling.attn_factor (ropewalk convert, ropewalk export --target gguf)",
                (Engines.Transformers5, "takes it"), (Engines.Vllm, "takes it; older releases compute the formula"), (Engines.LlamaCpp, "computes the formula: its converter's key has no effect"), (Engines.Ropewalk, "takes it"));
        }

        if (rope.InnerNumber("attn_factor") is { } multiplier && !multiplier.Equals(1))
        {
            yield return Of(input, Severity.Warning, rope.Name("attn_factor"), RopeSettings.Shown(multiplier), $"attention_factor {RopeSettings.Shown(multiplier * formula)}, the product",
                (Engines.Transformers5, "ignores it"), (Engines.Vllm, "multiplies the formula by it"), (Engines.LlamaCpp, "computes the formula alone"), (Engines.Ropewalk, "tells and ignores it"));
        }

        var (mscale, all) = (rope.InnerNumber("mscale"), rope.InnerNumber("mscale_all_dim"));
        var isDeepSeek = rope.ModelType.StartsWith("deepseek", StringComparison.Ordinal);
        if (!isDeepSeek && rope.InnerNumber("attention_factor") is null && ((mscale is > 0 && !mscale.Value.Equals(1)) || all is > 0) && !(mscale is > 0 && all is > 0))
        {
            yield return Of(input, Severity.Warning, rope.Name(mscale is > 0 ? "mscale" : "mscale_all_dim"), "one of the two keys alone, or 0", "attention_factor, the number itself",
                (Engines.Transformers5, "ignores it: 0.1 ln s + 1"), (Engines.Vllm, "takes it into its deepseek_yarn, ignores it elsewhere"), (Engines.LlamaCpp, "ignores it"), (Engines.Ropewalk, "as Transformers"));
        }
    }
}
