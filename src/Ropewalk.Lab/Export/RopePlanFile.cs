using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Export;

/// <summary>A rope plan as JSON. Version 1: rope_plan (the version), model {name, model_type, config_sha256}, rotary_dimension, rope_theta,
/// original_length, target_length, scaling (a spec), factor_sets where the spec stands on them, and in_force: for both lengths the attention factor, the start
/// tokens and every pair's inverse frequency, so that a program which does not know the method can use the plan too. It is this
/// project's own format: an unknown key is an error, and so are numbers in force that the method does not give.</summary>
public static class RopePlanFile
{
    private const string Mark = "rope_plan";
    private const int Version = 1;
    private const int LargestLength = int.MaxValue;
    private const double Tolerance = 1e-12;

    /// <summary>Whether a file is a plan, and not a factors file.</summary>
    /// <exception cref="CheckpointFormatException">It is no JSON file.</exception>
    public static bool IsPlan(string path) => JsonFile.Read(path) is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(Mark, out _);

    /// <summary>Reads a plan for a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="geometry">The model's encoding; the plan must have been made for it.</param>
    /// <exception cref="CheckpointFormatException">The file is missing, damaged, contradicts itself or is for another model.</exception>
    public static RopePlan Read(string path, RopeGeometry geometry)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        var root = JsonFile.Read(path);
        var fields = new ConfigFields(root, path);
        Refuse(path, "", fields, Mark, "model", "rotary_dimension", "rope_theta", "original_length", "target_length", "scaling", RopePlan.FactorSetsName, "in_force");
        Require(path, Mark, fields.RequiredInt(Mark, 1, LargestLength), Version);
        Require(path, "rotary_dimension", fields.RequiredInt("rotary_dimension", 2, LargestLength), geometry.RotaryDimension);
        Require(path, "rope_theta", fields.RequiredDouble("rope_theta"), geometry.Base);
        Require(path, "original_length", fields.RequiredInt("original_length", 1, LargestLength), geometry.OriginalContext);
        var target = fields.RequiredInt("target_length", geometry.OriginalContext, LargestLength);
        var model = new ConfigFields(Part(path, root, "model"), path, "model.");
        Refuse(path, "model.", model, "name", "model_type", "config_sha256");
        var spec = fields.RequiredString("scaling");
        LongRopeScaling? sets = null;
        RopeScaling scaling;
        try
        {
            scaling = RopeScalingRegistry.Parse(spec, geometry, name => sets = name == RopePlan.FactorSetsName
                ? Sets(path, root, geometry)
                : throw new CheckpointFormatException(path, "scaling", $"\"{name}\"", $"factors of the plan itself, named {RopePlan.FactorSetsName}"));
        }
        catch (UserInputException e)
        {
            throw new UserInputException($"{path}: {e.Message}");
        }

        if (sets is null && fields.Has(RopePlan.FactorSetsName))
        {
            throw new CheckpointFormatException(path, RopePlan.FactorSetsName, "factors", $"none for the scaling \"{spec}\"");
        }

        var plan = new RopePlan(model.RequiredString("name"), model.RequiredString("model_type"), model.RequiredString("config_sha256"), geometry, target, scaling, sets);
        CheckInForce(path, root, plan);
        return plan;
    }

    /// <summary>A plan as text.</summary>
    public static string Serialize(RopePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var root = new JsonObject
        {
            [Mark] = Version,
            ["model"] = new JsonObject { ["name"] = plan.ModelName, ["model_type"] = plan.Architecture, ["config_sha256"] = plan.ConfigSha256 },
            ["rotary_dimension"] = plan.Geometry.RotaryDimension,
            ["rope_theta"] = plan.Geometry.Base,
            ["original_length"] = plan.Geometry.OriginalContext,
            ["target_length"] = plan.TargetLength,
            ["scaling"] = plan.Spec,
        };
        if (plan.FactorSets is { } sets)
        {
            root[RopePlan.FactorSetsName] = new JsonArray([.. sets.Entries.Select(e => (JsonNode)new JsonObject
            {
                ["maximum_length"] = e.MaximumLength,
                ["attention_factor"] = e.AttentionFactor,
                ["start_tokens"] = e.StartTokens,
                ["rescale_factors"] = List(e.RescaleFactors),
            })]);
        }

        root["in_force"] = new JsonArray([.. plan.Lengths.Select(n => (JsonNode)InForce(n, plan.Scaling.At(n)))]);
        return root.ToJsonString(CheckpointExporter.Json) + "\n";
    }

    private static JsonObject InForce(int length, RopeFrequencies frequencies) => new()
    {
        ["length"] = length,
        ["attention_factor"] = frequencies.AttentionFactor,
        ["start_tokens"] = frequencies.StartTokens,
        ["inverse_frequencies"] = List(frequencies.InverseFrequencies),
    };

    private static JsonArray List(ImmutableArray<double> numbers) => new([.. numbers.Select(n => (JsonNode)n)]);

    private static JsonElement Part(string path, JsonElement root, string key) =>
        root.TryGetProperty(key, out var part) ? part : throw new CheckpointFormatException(path, key, "nothing", "a part of every plan");

    private static JsonElement[] Parts(string path, JsonElement root, string key, int length)
    {
        var list = Part(path, root, key);
        return list.ValueKind == JsonValueKind.Array && list.GetArrayLength() >= 1 && (length == 0 || list.GetArrayLength() == length)
            ? [.. list.EnumerateArray()]
            : throw new CheckpointFormatException(path, key, list.ValueKind == JsonValueKind.Array ? $"{list.GetArrayLength()} entries" : "no list", length == 0 ? "at least one entry" : $"{length} entries");
    }

    private static ImmutableArray<double> Numbers(string path, JsonElement element, string field, string key, int count) =>
        [.. Parts(path, element, key, count).Select((n, i) => n.ValueKind == JsonValueKind.Number ? n.GetDouble() : throw new CheckpointFormatException(path, $"{field}{key}[{i}]", Printable.OneLine(n.GetRawText(), 40), "a number"))];

    private static LongRopeScaling Sets(string path, JsonElement root, RopeGeometry geometry)
    {
        var entries = Parts(path, root, RopePlan.FactorSetsName, 0).Select((element, i) =>
        {
            var field = $"{RopePlan.FactorSetsName}[{i}].";
            var fields = new ConfigFields(element, path, field);
            Refuse(path, field, fields, "maximum_length", "attention_factor", "start_tokens", "rescale_factors");
            try
            {
                return new LongRopeEntry(
                    fields.RequiredInt("maximum_length", 1, LargestLength), Numbers(path, element, field, "rescale_factors", geometry.Pairs), fields.RequiredDouble("attention_factor"), fields.RequiredInt("start_tokens", 0, LargestLength));
            }
            catch (UserInputException e)
            {
                throw new UserInputException($"{path}: {field.TrimEnd('.')}: {e.Message}");
            }
        });
        return new LongRopeScaling(geometry, [.. entries]);
    }

    private static void CheckInForce(string path, JsonElement root, RopePlan plan)
    {
        var lengths = plan.Lengths;
        var parts = Parts(path, root, "in_force", lengths.Length);
        for (var i = 0; i < parts.Length; i++)
        {
            var field = $"in_force[{i}].";
            var fields = new ConfigFields(parts[i], path, field);
            Refuse(path, field, fields, "length", "attention_factor", "start_tokens", "inverse_frequencies");
            Require(path, field + "length", fields.RequiredInt("length", 1, LargestLength), lengths[i]);
            var expected = plan.Scaling.At(lengths[i]);
            Near(path, field + "attention_factor", fields.RequiredDouble("attention_factor"), expected.AttentionFactor);
            Require(path, field + "start_tokens", fields.RequiredInt("start_tokens", 0, LargestLength), expected.StartTokens);
            var found = Numbers(path, parts[i], field, "inverse_frequencies", expected.Pairs);
            for (var pair = 0; pair < found.Length; pair++)
            {
                Near(path, $"{field}inverse_frequencies[{pair}]", found[pair], expected.InverseFrequencies[pair]);
            }
        }
    }

    private static void Near(string path, string field, double found, double expected)
    {
        // Powers differ in their last digits between machines.
        if (!(Math.Abs(found - expected) <= Tolerance * Math.Abs(expected)))
        {
            throw new CheckpointFormatException(path, field, $"{found:R}", $"{expected:R}, as the plan's scaling gives");
        }
    }

    private static void Require(string path, string field, double found, double expected)
    {
        if (!found.Equals(expected))
        {
            throw new CheckpointFormatException(path, field, $"{found:R}", $"{expected:R}");
        }
    }

    private static void Refuse(string path, string prefix, ConfigFields fields, params string[] known)
    {
        if (fields.Names.FirstOrDefault(n => !known.Contains(n, StringComparer.Ordinal)) is { } unknown)
        {
            throw new CheckpointFormatException(path, prefix + unknown, "an unknown key", $"only the keys of version {Version}");
        }
    }
}
