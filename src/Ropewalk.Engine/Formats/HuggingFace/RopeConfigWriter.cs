using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Engine.Formats.HuggingFace;

/// <summary>Writes an encoding into a config.json so that Transformers (4.4x and 5.x), vLLM and llama.cpp's converter read the
/// same frequencies back.</summary>
/// <remarks>
/// No factor is written for LongRoPE. Transformers needs it only to derive the attention factor, which is written itself; vLLM takes
/// max / original; and a converter that copied it into rope.scaling.factor would make llama.cpp divide all positions by it, which ruins the
/// model. The original length is written inside the object and at the top level: 4.x reads only the latter, and model classes
/// with a default of their own (Phi-3: 4096) would let that default win.
/// </remarks>
public static class RopeConfigWriter
{
    private const string FileName = "config.json";
    private const string LocalBase = "rope_local_base_freq";

    /// <summary>The generation of keys for a config where nobody asks for one: the older, which more programs read, unless the config has rope_parameters per layer
    /// type, which the older keys cannot express.</summary>
    /// <param name="config">Root object of config.json.</param>
    public static RopeConfigStyle StyleFor(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return LayerTypes(config).Length > 0 ? RopeConfigStyle.V5 : RopeConfigStyle.V4;
    }

    /// <summary>Edits the config in place; on an error it is unchanged.</summary>
    /// <param name="config">Root object of config.json.</param>
    /// <param name="scaling">LongRoPE, or a method of <see cref="RopeScalingKeys"/>.</param>
    /// <param name="targetContext">The length that is meant, at least the original context.</param>
    /// <param name="style">Generation of keys.</param>
    /// <param name="forTransformers">False where nobody but this program reads the config, so that it may say what a model's class in Transformers refuses.</param>
    /// <returns>One line each: what some engine will compute otherwise.</returns>
    /// <exception cref="UserInputException">The config cannot express the scaling.</exception>
    /// <exception cref="CheckpointFormatException">The config's own keys are missing or damaged.</exception>
    /// <exception cref="UnsupportedCheckpointException">The config's own encoding is of a kind that is not run here.</exception>
    public static ImmutableArray<string> Write(JsonObject config, RopeScaling scaling, int targetContext, RopeConfigStyle style, bool forTransformers = true)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(scaling);
        if (scaling is LongRopeScaling longRope)
        {
            return WriteLongRope(config, longRope, targetContext, style, forTransformers);
        }

        CheckWidth(config, scaling);
        var keys = RopeScalingKeys.Of(scaling, targetContext, out var thetaBase, out var maximum);
        var original = scaling is Llama3Scaling ? scaling.Geometry.OriginalContext : (int?)null;
        RequireClass(config, keys, style, scaling.Name, forTransformers);
        Put(config, keys, thetaBase, original, maximum, style, scaling.Name);
        return [];
    }

    /// <summary>Edits the config in place; on an error it is unchanged.</summary>
    /// <param name="config">Root object of config.json.</param>
    /// <param name="scaling">One entry, which serves all lengths, or two: short up to the original context, and long. No start tokens.</param>
    /// <param name="targetContext">max_position_embeddings to write, at least the original context.</param>
    /// <param name="style">Generation of keys.</param>
    /// <param name="forTransformers">False where nobody but this program reads the config, so that it may say what a model's class in Transformers refuses.</param>
    /// <returns>One line each: what some engine will compute otherwise.</returns>
    /// <exception cref="UserInputException">The config cannot express the scaling.</exception>
    /// <exception cref="CheckpointFormatException">The config's own keys are missing or damaged.</exception>
    /// <exception cref="UnsupportedCheckpointException">The config's own encoding is of a kind that is not run here.</exception>
    public static ImmutableArray<string> WriteLongRope(JsonObject config, LongRopeScaling scaling, int targetContext, RopeConfigStyle style, bool forTransformers = true)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(scaling);
        var original = scaling.Geometry.OriginalContext;
        var attention = CheckExpressible(scaling, targetContext);
        CheckWidth(config, scaling);
        var notes = ImmutableArray.CreateBuilder<string>();
        var keys = Keys(scaling, attention, targetContext, notes);
        RequireClass(config, keys, style, scaling.Name, forTransformers);
        Put(config, keys, scaling.Geometry.Base, original, targetContext, style, scaling.Name);
        return notes.ToImmutable();
    }

    private static void CheckWidth(JsonObject config, RopeScaling scaling)
    {
        using var parsed = JsonDocument.Parse(config.ToJsonString());
        var width = RopeConfigReader.RotaryDimension(RopeLayerTypes.Select(parsed.RootElement, RopeLayerTypes.Full), FileName);
        if (width != scaling.Geometry.RotaryDimension)
        {
            throw new UserInputException($"{scaling.Name}: found factors for {scaling.Geometry.RotaryDimension} rotated entries, expected {width} as {FileName} has");
        }
    }

    private static void RequireClass(JsonObject config, JsonObject keys, RopeConfigStyle style, string name, bool forTransformers)
    {
        if (forTransformers && IsOf(config, Phi3RopeKeys.ModelType))
        {
            Phi3RopeKeys.Require(keys, style, name);
        }
    }

    /// <summary>Replaces whatever the config says of its encoding. Layers with a window keep an encoding of their own, if they have one.</summary>
    /// <param name="config">Root object.</param>
    /// <param name="keys">The method and its numbers; empty for plain positions.</param>
    /// <param name="thetaBase">rope_theta.</param>
    /// <param name="original">original_max_position_embeddings at the top level, or null for none.</param>
    /// <param name="maximum">max_position_embeddings.</param>
    /// <param name="style">Generation of keys.</param>
    /// <param name="name">The method, for errors.</param>
    private static void Put(JsonObject config, JsonObject keys, double thetaBase, int? original, int maximum, RopeConfigStyle style, string name)
    {
        var layerTypes = LayerTypes(config);
        if (style == RopeConfigStyle.V4 && StyleFor(config) != style)
        {
            throw new UserInputException($"{name}: found rope_parameters per layer type in {FileName}, which the keys before 5.x cannot express; expected style V5");
        }

        // Parsed again, so that a number is a number however the caller has built the node.
        var copy = JsonNode.Parse(config.ToJsonString())!.AsObject();
        var partial = Partial(copy);
        foreach (var stale in (string[])["rope_scaling", "rope_parameters", "rope_theta", "rotary_emb_base", "original_max_position_embeddings"])
        {
            config.Remove(stale);
        }

        if (style == RopeConfigStyle.V4)
        {
            config["rope_theta"] = thetaBase;
            if (keys["rope_type"] is { } method)
            {
                keys["type"] = method.DeepClone();
                config["rope_scaling"] = IsOf(config, Phi3RopeKeys.ModelType) ? Phi3RopeKeys.Three(keys) : keys;
            }

            if (partial is { } fraction)
            {
                config["partial_rotary_factor"] = fraction;
            }
        }
        else
        {
            keys["rope_type"] ??= "default";
            keys["rope_theta"] = thetaBase;
            if (partial is { } fraction)
            {
                keys["partial_rotary_factor"] = fraction;
            }

            config["rope_parameters"] = ByLayerType(copy, layerTypes, keys);
            config.Remove(LocalBase);
        }

        if (style == RopeConfigStyle.V4 && IsOf(config, "gpt_neox"))
        {
            WriteNeoXNames(config, thetaBase, partial);
        }

        if (original is { } length)
        {
            config["original_max_position_embeddings"] = length;
        }

        config["max_position_embeddings"] = maximum;
    }

    private static bool IsOf(JsonObject config, string modelType) => config["model_type"] is JsonValue type && type.TryGetValue<string>(out var name) && name == modelType;

    /// <summary>The class of gpt_neox knows base and fraction by names of its own, with defaults of its own; before 5.x by no others.</summary>
    private static void WriteNeoXNames(JsonObject config, double thetaBase, double? partial)
    {
        config["rotary_emb_base"] = thetaBase;
        if (partial is { } fraction)
        {
            config["rotary_pct"] = fraction;
        }
    }

    /// <summary>The keys for all layers, or for each type where the config tells them apart.</summary>
    private static JsonObject ByLayerType(JsonObject config, string[] layerTypes, JsonObject keys)
    {
        if (config[LocalBase] is { } local)
        {
            return new JsonObject
            {
                [RopeLayerTypes.Full] = keys,
                [RopeLayerTypes.Sliding] = new JsonObject { ["rope_type"] = "default", ["rope_theta"] = local.DeepClone() },
            };
        }

        if (layerTypes.Length == 0)
        {
            return keys;
        }

        var before = config["rope_parameters"]!.AsObject();
        var isOne = layerTypes.All(type => JsonNode.DeepEquals(before[type], before[layerTypes[0]]));
        return new JsonObject(layerTypes.Select(type => KeyValuePair.Create(type, isOne || type == RopeLayerTypes.Full ? keys.DeepClone() : before[type]!.DeepClone()))!);
    }

    /// <summary>The attention factor that all entries share.</summary>
    private static double CheckExpressible(LongRopeScaling scaling, int targetContext)
    {
        var entries = scaling.Entries;
        var original = scaling.Geometry.OriginalContext;
        if (entries.Length > 2)
        {
            throw new UserInputException($"longrope: found {entries.Length} factor sets, expected at most 2 (a config has one short and one long list)");
        }

        if (entries.FirstOrDefault(e => e.StartTokens > 0) is { } withStart)
        {
            throw new UserInputException($"longrope: found {withStart.StartTokens} start tokens, expected 0 (a config has no key for them)");
        }

        if (entries.FirstOrDefault(e => !e.AttentionFactor.Equals(entries[0].AttentionFactor)) is { } other)
        {
            throw new UserInputException(
                $"longrope: found attention factors {RopeFields.Shown(entries[0].AttentionFactor)} and {RopeFields.Shown(other.AttentionFactor)}, expected the same in all sets (a config has one)");
        }

        if (entries.Length == 2 && entries[0].MaximumLength != original)
        {
            throw new UserInputException($"longrope: found a short set for up to {entries[0].MaximumLength} tokens, expected {original} (engines switch at the original context)");
        }

        return targetContext >= original
            ? entries[0].AttentionFactor
            : throw new UserInputException($"target context: found {targetContext}, expected at least the original context {original}");
    }

    private static JsonObject Keys(LongRopeScaling scaling, double attention, int targetContext, ImmutableArray<string>.Builder notes)
    {
        var original = scaling.Geometry.OriginalContext;
        var keys = new JsonObject
        {
            ["rope_type"] = "longrope",
            ["short_factor"] = List(scaling.Entries[0].RescaleFactors),
            ["long_factor"] = List(scaling.Entries[^1].RescaleFactors),
            ["attention_factor"] = attention,
            ["original_max_position_embeddings"] = original,
        };

        var scale = (double)targetContext / original;
        var derived = scale > 1 && original < 2 ? double.NaN : AttentionFactors.Su(scale, original);
        if (!attention.Equals(derived))
        {
            // Current vLLM takes these two in place of its own formula; Transformers ignores them.
            keys["short_mscale"] = attention;
            keys["long_mscale"] = attention;
            notes.Add(
                $"attention factor {RopeFields.Shown(attention)} is not the {RopeFields.Shown(derived)} that follows from target / original: llama.cpp's converter and vLLM before short_mscale replaced its formula compute the latter");
        }

        return keys;
    }

    private static JsonArray List(ImmutableArray<double> factors) => new([.. factors.Select(f => (JsonNode)f)]);

    private static string[] LayerTypes(JsonObject config) =>
        config["rope_parameters"] is JsonObject { Count: > 0 } parameters && parameters.All(p => p.Value is JsonObject)
            ? [.. parameters.Select(p => p.Key)]
            : [];

    /// <summary>A partial factor that stands only inside the objects to be replaced; the reader has checked that it is one number.</summary>
    private static double? Partial(JsonObject config)
    {
        var scaling = config["rope_parameters"] as JsonObject ?? config["rope_scaling"] as JsonObject;
        var first = LayerTypes(config) is [var type, ..] ? scaling?[type] as JsonObject : scaling;
        return (first?["partial_rotary_factor"] ?? (config["rope_scaling"] as JsonObject)?["partial_rotary_factor"])?.GetValue<double>();
    }
}
