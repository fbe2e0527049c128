using System.Text.Json;

namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>rope_scaling beside rope_parameters: which one rules depends on the release (methods.md 19).</summary>
internal sealed class BothGenerations : Rule
{
    /// <inheritdoc/>
    public override string Name => "both-generations";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        if (input.Rope is { OldObject: { } old, NewObject: { } modern } && Differ(old, modern) is { } key)
        {
            yield return Of(input, Severity.Error, $"rope_scaling.{key} and rope_parameters.{key}", $"{Shown(old, key)} and {Shown(modern, key)}", "only one of the two objects, or the same in both",
                (Engines.Transformers44, "reads rope_scaling"), (Engines.Transformers5, "reads rope_parameters"), (Engines.LlamaCpp, "reads rope_parameters"), (Engines.Ropewalk, "refuses"));
        }
    }

    private static string? Differ(JsonElement old, JsonElement modern) =>
        old.EnumerateObject().Select(p => p.Name).Union(modern.EnumerateObject().Select(p => p.Name), StringComparer.Ordinal)
            .Where(k => k is not ("type" or "rope_type" or "rope_theta" or "partial_rotary_factor" or "original_max_position_embeddings") || (old.TryGetProperty(k, out _) && modern.TryGetProperty(k, out _)))
            .FirstOrDefault(k => !old.TryGetProperty(k, out var a) || !modern.TryGetProperty(k, out var b) || !JsonElement.DeepEquals(a, b));

    private static string Shown(JsonElement encoding, string key) => encoding.TryGetProperty(key, out var value) ? RopeSettings.Shown(value) : "nothing";
}
