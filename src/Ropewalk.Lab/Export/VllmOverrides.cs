using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Export;

/// <summary>A plan as vLLM's --hf-overrides: keys that replace those of config.json when it is loaded.</summary>
internal static class VllmOverrides
{
    private static readonly string[] s_keys = ["rope_parameters", "original_max_position_embeddings", "max_position_embeddings"];

    /// <summary>The overrides.</summary>
    /// <param name="original">The checkpoint's config.</param>
    /// <param name="scaling">The method.</param>
    /// <param name="targetLength">The length that is meant.</param>
    /// <param name="notes">Takes what the user should know.</param>
    /// <exception cref="UserInputException">vLLM cannot express the method.</exception>
    public static JsonObject Of(JsonElement original, RopeScaling scaling, int targetLength, List<string> notes)
    {
        if (scaling is DynamicNtkScaling dynamic)
        {
            throw new UserInputException($"--target vllm: found {dynamic.Spec}, of which vLLM computes one table for {dynamic.Factor * dynamic.Geometry.OriginalContext:R} tokens for all sequences; expected yarn, or ntk for one length");
        }

        var config = JsonObject.Create(original)!;
        notes.AddRange(RopeConfigWriter.Write(config, scaling, targetLength, RopeConfigStyle.V5));
        var overrides = new JsonObject();

        // A rope_scaling of the file would win under Transformers 4; it has to go before the new keys come.
        if (original.TryGetProperty("rope_scaling", out var old) && old.ValueKind == JsonValueKind.Object)
        {
            overrides["rope_scaling"] = null;
        }

        // So would a base at the top level, under either name.
        foreach (var key in (string[])["rope_theta", "rotary_emb_base"])
        {
            if (original.TryGetProperty(key, out _))
            {
                overrides[key] = scaling is BaseScaling changed ? changed.NewBase : scaling.Geometry.Base;
            }
        }

        foreach (var key in s_keys)
        {
            if (config[key] is { } value)
            {
                overrides[key] = value.DeepClone();
            }
        }

        if (scaling is YarnScaling yarn && Math.Abs((yarn.AttentionFactor / AttentionFactors.Yarn(yarn.Factor)) - 1) > 1e-7)
        {
            notes.Add($"attention factor {yarn.AttentionFactor:R}: releases of vLLM that do not know attention_factor compute 0.1 ln s + 1 = {AttentionFactors.Yarn(yarn.Factor):R}");
        }

        return overrides;
    }

    /// <summary>The config as it is after the overrides.</summary>
    public static JsonObject Apply(JsonElement original, JsonObject overrides)
    {
        var config = JsonObject.Create(original)!;
        foreach (var (key, value) in overrides)
        {
            config[key] = value?.DeepClone();
        }

        return config;
    }
}
