using System.Text.Json;

namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>YaRN's turns other than 32 and 1, or a ramp that is not rounded to whole pairs (gpt-oss): llama.cpp's loader reads the turns for ministral3
/// and grok only, and its ramp is always rounded (ggml_rope_yarn_corr_dims).</summary>
internal sealed class YarnTurns : Rule
{
    /// <inheritdoc/>
    public override string Name => "yarn-turns";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (rope.Type != "yarn")
        {
            yield break;
        }

        var (fast, slow) = (rope.InnerNumber("beta_fast") ?? 32, rope.InnerNumber("beta_slow") ?? 1);
        if ((!fast.Equals(32) || !slow.Equals(1)) && !LlamaCppSupport.ReadsTurns(rope.ModelType))
        {
            yield return Of(input, Severity.Warning, rope.Name("beta_fast, beta_slow"), $"{RopeSettings.Shown(fast)} and {RopeSettings.Shown(slow)}", $"for llama.cpp the flags --yarn-beta-fast {RopeSettings.Shown(fast)} --yarn-beta-slow {RopeSettings.Shown(slow)} on every start",
                (Engines.LlamaCpp, "computes with 32 and 1 unless its command line says otherwise"), (Engines.Transformers5, "takes them"), (Engines.Vllm, "takes them"), (Engines.Ropewalk, "takes them"));
        }

        if (rope.Inner("truncate") is { ValueKind: JsonValueKind.False })
        {
            yield return Of(input, Severity.Warning, rope.Name("truncate"), "false", "nothing that helps llama.cpp: ropewalk refuses to write such a GGUF file",
                (Engines.LlamaCpp, "rounds the ramp to whole pairs"), (Engines.Transformers5, "does not round; ignores the key where rope_parameters is given by layer type"), (Engines.Vllm, "does not round"), (Engines.Ropewalk, "does not round"));
        }
    }
}
