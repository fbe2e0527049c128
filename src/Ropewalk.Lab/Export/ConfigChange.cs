using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Lab.Export;

/// <summary>A key of a config that an export changed.</summary>
/// <param name="Key">The key.</param>
/// <param name="Before">Its JSON before; null where it was absent.</param>
/// <param name="After">Its JSON now; null where it is absent.</param>
public sealed record ConfigChange(string Key, string? Before, string? After)
{
    private const int Shown = 200;

    /// <summary>The top-level keys that differ, by name.</summary>
    internal static IEnumerable<ConfigChange> Between(JsonElement before, JsonObject after)
    {
        var keys = before.EnumerateObject().Select(p => p.Name).Union(after.Select(p => p.Key), StringComparer.Ordinal).Order(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            var old = before.TryGetProperty(key, out var value) ? value.GetRawText() : null;
            var now = after.ContainsKey(key) ? after[key]?.ToJsonString() ?? "null" : null;
            if (old != now && !(old is not null && now is not null && JsonElement.DeepEquals(JsonElement.Parse(old), JsonElement.Parse(now))))
            {
                yield return new ConfigChange(key, Text(old), Text(now));
            }
        }
    }

    private static string? Text(string? json) => json is null ? null : Printable.OneLine(json, Shown);
}
