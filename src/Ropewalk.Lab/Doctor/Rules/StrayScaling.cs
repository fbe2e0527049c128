using System.Text.Json;

namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>An object that looks like a scaling but stands under a name that nobody reads: a misspelt rope_scaling, a note of the author.</summary>
internal sealed class StrayScaling : Rule
{
    private static readonly string[] s_read = ["rope_scaling", "rope_parameters", "text_config", "vision_config", "audio_config"];

    /// <inheritdoc/>
    public override string Name => "stray-scaling";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        foreach (var property in input.Rope.Config.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Object && !s_read.Contains(p.Name, StringComparer.Ordinal)))
        {
            var keys = property.Value.EnumerateObject().Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
            if (keys.Contains("long_factor") || ((keys.Contains("rope_type") || keys.Contains("type")) && keys.Contains("factor")))
            {
                yield return Of(input, Severity.Warning, property.Name, "an object with the keys of a scaling", "the same object as rope_scaling or rope_parameters, if it is meant to rule; else take it out",
                    (Engines.Transformers5, "ignores it"), (Engines.Vllm, "ignores it"), (Engines.LlamaCpp, "ignores it"), (Engines.Ropewalk, "ignores it"));
            }
        }
    }
}
