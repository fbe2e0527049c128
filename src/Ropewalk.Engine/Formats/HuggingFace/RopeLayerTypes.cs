using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ropewalk.Engine.Formats.HuggingFace;

/// <summary>Configs with one rotary encoding for layers of full attention and another for layers with a window: rope_parameters with an
/// object for each layer type, or rope_local_base_freq beside rope_theta.</summary>
public static class RopeLayerTypes
{
    /// <summary>Layers that see everything.</summary>
    public const string Full = "full_attention";

    /// <summary>Layers with a window.</summary>
    public const string Sliding = "sliding_attention";

    /// <summary>The config as it would be if all layers were of one type; what is no object stays as it is, for the reader to refuse.</summary>
    /// <param name="config">The root object.</param>
    /// <param name="layerType"><see cref="Full"/> or <see cref="Sliding"/>.</param>
    public static JsonElement Select(JsonElement config, string layerType)
    {
        if (config.ValueKind != JsonValueKind.Object)
        {
            return config;
        }

        var root = JsonObject.Create(config)!;
        foreach (var key in (string[])["rope_parameters", "rope_scaling"])
        {
            if (root[key] is JsonObject byType && byType[layerType] is JsonObject own)
            {
                root[key] = own.DeepClone();
            }
        }

        if (root["rope_local_base_freq"] is { } local)
        {
            root.Remove("rope_local_base_freq");
            if (layerType == Sliding)
            {
                root["rope_theta"] = local.DeepClone();
                root.Remove("rope_scaling");
                root.Remove("rope_parameters");
            }
        }

        return JsonSerializer.SerializeToElement(root);
    }
}
