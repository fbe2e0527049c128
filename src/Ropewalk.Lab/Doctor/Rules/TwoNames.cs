using System.Text.Json;

namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>rope_type and type with different methods: Transformers and vLLM prefer rope_type, mlx-lm type (methods.md 22).</summary>
internal sealed class TwoNames : Rule
{
    /// <inheritdoc/>
    public override string Name => "two-names";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (rope.Inner("rope_type") is { ValueKind: JsonValueKind.String } a && rope.Inner("type") is { ValueKind: JsonValueKind.String } b && Today(a.GetString()!) != Today(b.GetString()!))
        {
            yield return Of(input, Severity.Error, rope.Name("rope_type and type"), $"{RopeSettings.Shown(a)} and {RopeSettings.Shown(b)}", "the same method in both, or rope_type alone",
                (Engines.Transformers5, "takes rope_type"), (Engines.Vllm, "takes rope_type"), ("mlx-lm", "takes type"), (Engines.Ropewalk, "refuses"));
        }
    }

    private static string Today(string type) => type == "su" ? "longrope" : type;
}
