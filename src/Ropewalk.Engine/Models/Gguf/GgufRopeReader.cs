using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Engine.Models.Gguf;

/// <summary>The rotary encoding of a GGUF file in the keys of a config.json. llama.cpp's own defaults hold: base 10000, no scaling.</summary>
internal static class GgufRopeReader
{
    private const double DefaultBase = 10000;

    /// <summary>Reads keys and factor tensors into the config.</summary>
    public static void Read(GgufConfigReader reader)
    {
        var metadata = reader.Metadata;
        var config = reader.Config;
        var context = metadata.RequiredInt(reader.Key("context_length"), 1, int.MaxValue);
        var thetaBase = GgufConfigReader.Shortest(Positive(reader, "rope.freq_base") ?? DefaultBase);
        var width = metadata.OptionalInt(reader.Key("rope.dimension_count"), 2, reader.HeadWidth) ?? reader.HeadWidth;
        if (width % 2 != 0)
        {
            throw new CheckpointFormatException(metadata.File, reader.Key("rope.dimension_count"), $"{width}", "an even number");
        }

        config["max_position_embeddings"] = context;
        config["rope_theta"] = thetaBase;
        if (width != reader.HeadWidth)
        {
            config["partial_rotary_factor"] = (double)width / reader.HeadWidth;
        }

        if (Scaling(reader, new RopeGeometry(width, thetaBase, context)) is { } scaling)
        {
            config["rope_scaling"] = scaling;
        }
    }

    private static JsonObject? Scaling(GgufConfigReader reader, RopeGeometry geometry)
    {
        var metadata = reader.Metadata;
        var context = geometry.OriginalContext;
        var original = metadata.OptionalInt(reader.Key("rope.scaling.original_context_length"), 0, context) is > 0 and var known ? known : context;
        var factorKey = metadata.Has(reader.Key("rope.scaling.factor")) ? "rope.scaling.factor" : "rope.scale_linear";
        var factor = metadata.OptionalNumber(reader.Key(factorKey), 0, 1e9) is > 0 and var given ? GgufConfigReader.Shortest(given) : 1;
        var attention = GgufConfigReader.Shortest(Positive(reader, "rope.scaling.attn_factor") ?? 1);
        var type = metadata.OptionalText(reader.Key("rope.scaling.type")) ?? "linear";
        var freqs = Factors(reader, GgufNames.RopeFreqs, geometry);
        var longFactors = Factors(reader, GgufNames.RopeFactorsLong, geometry);
        var shortFactors = Factors(reader, GgufNames.RopeFactorsShort, geometry);
        if ((longFactors is null) != (shortFactors is null))
        {
            throw new CheckpointFormatException(metadata.File, longFactors is null ? GgufNames.RopeFactorsLong : GgufNames.RopeFactorsShort, "nothing", "both lists of factors, or none");
        }

        if ((freqs ?? longFactors) is not null && (type == "yarn" || !factor.Equals(1)))
        {
            throw new UnsupportedCheckpointException(
                metadata.File, reader.Key("rope.scaling"), $"type \"{type}\" and factor {factor} on top of factors for each pair", "one of the two");
        }

        // One list rules at every length, and wins over the two.
        if (freqs is not null)
        {
            return Llama3(geometry, freqs, attention) ?? LongRope(freqs, freqs, attention, original);
        }

        if (longFactors is not null && (type == "longrope" || reader.Architecture.Graph.Name == "phi3"))
        {
            return LongRope(shortFactors!, longFactors, attention, original);
        }

        return type switch
        {
            "none" => null,
            "linear" when factor.Equals(1) => null,
            "linear" => Linear(factor, original, context),
            "yarn" => Yarn(reader, factor, attention, original),
            "longrope" => throw new CheckpointFormatException(metadata.File, GgufNames.RopeFactorsLong, "nothing", "the factors that rope.scaling.type \"longrope\" calls for"),
            _ => throw new UnsupportedCheckpointException(metadata.File, reader.Key("rope.scaling.type"), $"\"{type}\"", "none, linear, yarn, longrope"),
        };
    }

    /// <summary>Files without an original length have the window before scaling in context_length, as llama.cpp's converter writes it.</summary>
    private static JsonObject Linear(double factor, int original, int context)
    {
        var linear = new JsonObject { ["rope_type"] = "linear", ["type"] = "linear", ["factor"] = factor };
        if (original != context)
        {
            linear["original_max_position_embeddings"] = original;
        }

        return linear;
    }

    private static JsonObject Yarn(GgufConfigReader reader, double factor, double attention, int original)
    {
        var yarn = new JsonObject { ["rope_type"] = "yarn", ["type"] = "yarn", ["factor"] = factor, ["original_max_position_embeddings"] = original };
        if (!attention.Equals(1))
        {
            yarn["attention_factor"] = attention * AttentionFactors.Yarn(factor);
        }

        foreach (var name in (string[])["beta_fast", "beta_slow"])
        {
            if (Positive(reader, "rope.scaling.yarn_" + name) is { } turns)
            {
                yarn[name] = GgufConfigReader.Shortest(turns);
                reader.Notes.Add($"{reader.Metadata.File}: llama.cpp takes {name} from its command line alone, not from the file as it is done here");
            }
        }

        return yarn;
    }

    private static JsonObject LongRope(float[] shortFactors, float[] longFactors, double attention, int original) => new()
    {
        ["rope_type"] = "longrope",
        ["type"] = "longrope",
        ["short_factor"] = List(shortFactors),
        ["long_factor"] = List(longFactors),
        ["attention_factor"] = attention,
        ["original_max_position_embeddings"] = original,
    };

    /// <summary>The factors of Llama 3.1's rule, if a rule with its usual numbers gives them to the last digits of float32.</summary>
    private static JsonObject? Llama3(RopeGeometry geometry, float[] freqs, double attention)
    {
        var factor = Math.Round(freqs.Max(f => (double)f), 4);
        if (!attention.Equals(1) || factor <= 1)
        {
            return null;
        }

        foreach (var original in (int[])[8192, 4096, 2048, (int)(geometry.OriginalContext / factor)])
        {
            if (original < 1)
            {
                continue;
            }

            var rule = new Llama3Scaling(new RopeGeometry(geometry.RotaryDimension, geometry.Base, original), factor).At(geometry.OriginalContext);
            if (freqs.Select((f, i) => Math.Abs((f * rule.InverseFrequencies[i] / geometry.InverseFrequency(i)) - 1)).Max() < 1e-6)
            {
                return new JsonObject
                {
                    ["rope_type"] = "llama3",
                    ["factor"] = factor,
                    ["low_freq_factor"] = 1.0,
                    ["high_freq_factor"] = 4.0,
                    ["original_max_position_embeddings"] = original,
                };
            }
        }

        return null;
    }

    private static float[]? Factors(GgufConfigReader reader, string name, RopeGeometry geometry)
    {
        var factors = reader.OptionalVector(name, geometry.Pairs);
        var wrong = Array.FindIndex(factors ?? [], f => !(f > 0) || !float.IsFinite(1 / f) || f > 1e30f);
        return wrong < 0 ? factors : throw new CheckpointFormatException(reader.Metadata.File, $"{name}[{wrong}]", $"{factors![wrong]}", "a finite number above 0");
    }

    private static double? Positive(GgufConfigReader reader, string key) => reader.Metadata.OptionalNumber(reader.Key(key), float.Epsilon, float.MaxValue);

    private static JsonArray List(float[] factors) => new([.. factors.Select(f => (JsonNode)GgufConfigReader.Shortest(f))]);
}
