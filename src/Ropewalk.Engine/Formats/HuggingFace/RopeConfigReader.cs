using System.Collections.Immutable;
using System.Text.Json;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Engine.Formats.HuggingFace;

/// <summary>Reads the rotary encoding of a config.json in both generations of its keys: rope_scaling beside rope_theta, and
/// rope_parameters. The base is never defaulted, and two keys that contradict each other are refused with both values.</summary>
public static class RopeConfigReader
{
    // A head is at most a few thousand wide; the bound keeps a damaged number from sizing a table.
    private const int LargestHead = 1 << 16;

    private const string KnownTypes = "default, linear, dynamic, yarn, longrope (su), llama3, proportional";

    /// <summary>Keys of other conventions that also scale positions: overlooking one would be a wrong encoding without an error.</summary>
    private static readonly string[] ForeignKeys =
        ["rope_scaling_factor", "rope_ntk_alpha", "rope_ntk_beta", "rotary_scaling_factor", "use_dynamic_ntk", "rope_local_base_freq", "local_rope_theta"];

    /// <summary>Keys that may stand in only one of rope_scaling and rope_parameters without a contradiction.</summary>
    private static readonly string[] SharedKeys = ["rope_theta", "partial_rotary_factor", "original_max_position_embeddings"];

    /// <summary>Reads the encoding.</summary>
    /// <param name="config">The root object of config.json (of a multimodal model: its text_config).</param>
    /// <param name="file">Name for error messages, as the user gave it.</param>
    /// <param name="era">Whose reading.</param>
    /// <exception cref="CheckpointFormatException">A key is missing, out of range, or contradicts another.</exception>
    /// <exception cref="UnsupportedCheckpointException">The encoding is of a kind that is not run here.</exception>
    public static RopeConfig Read(JsonElement config, string file, RopeConfigEra era = RopeConfigEra.V5)
    {
        var top = TopLevel(config, file);
        RefuseForeignKeys(top, file);
        var notes = ImmutableArray.CreateBuilder<string>();
        var (type, rope) = ScalingFields(top, file);

        var thetaBase = Base(top, rope);
        var maximum = top.RequiredCount("max_position_embeddings");
        var outerOriginal = top.Count("original_max_position_embeddings");
        var original = Agreed(top, rope, "original_max_position_embeddings", (fields, key) => fields.Count(key));
        var geometry = new RopeGeometry(Width(top, rope, type == "proportional"), thetaBase, original ?? maximum);

        var scaling = type switch
        {
            "default" => new NoScaling(geometry),
            "linear" => new LinearScaling(geometry, Factor(rope, notes)),
            "dynamic" => Dynamic(file, rope, geometry, maximum, notes),
            "yarn" => Yarn(rope, geometry, original, maximum, era, notes),
            "longrope" => LongRope(rope, geometry, outerOriginal, maximum, era, notes),
            "llama3" => Llama3(rope, geometry, original, notes),
            "proportional" => (RopeScaling)new ProportionalScaling(geometry, Fraction(top, rope), rope.Positive("factor") ?? 1),
            "mrope" => throw new UnsupportedCheckpointException(file, rope.Name("rope_type"), "mrope", KnownTypes),
            _ => rope.Fail<RopeScaling>("rope_type", $"\"{type}\"", $"one of {KnownTypes}"),
        };

        notes.AddRange(rope.Unread.Select(key => $"{file}: {rope.Name(key)} is not a key of {type} and is ignored"));
        return new(scaling, geometry, maximum, notes.ToImmutable());
    }

    /// <summary>Rotated entries d of one head, from qk_rope_head_dim, head_dim or hidden_size / num_attention_heads and the partial factor.</summary>
    /// <param name="config">The root object of config.json.</param>
    /// <param name="file">Name for error messages.</param>
    /// <exception cref="CheckpointFormatException">A key is missing, out of range, or contradicts another.</exception>
    public static int RotaryDimension(JsonElement config, string file)
    {
        var top = TopLevel(config, file);
        var (type, rope) = ScalingFields(top, file);
        return Width(top, rope, type == "proportional");
    }

    private static RopeFields TopLevel(JsonElement config, string file) => config.ValueKind == JsonValueKind.Object
        ? new RopeFields(file, "", Properties(config, file, ""))
        : throw new CheckpointFormatException(file, "root", RopeFields.Shown(config), "a JSON object");

    private static void RefuseForeignKeys(RopeFields top, string file)
    {
        foreach (var key in ForeignKeys)
        {
            if (top.Get(key) is { } value && value.ValueKind != JsonValueKind.False)
            {
                throw new UnsupportedCheckpointException(
                    file, key, RopeFields.Shown(value), "rope_scaling with rope_theta, or rope_parameters");
            }
        }
    }

    /// <summary>The method's name and its keys, from rope_scaling, rope_parameters or both.</summary>
    private static (string Type, RopeFields Rope) ScalingFields(RopeFields top, string file)
    {
        var old = ScalingObject(top, file, "rope_scaling");
        var modern = ScalingObject(top, file, "rope_parameters");
        if (old is null || modern is null)
        {
            var only = modern ?? old;
            return only is null
                ? ("default", new RopeFields(file, "rope_scaling.", new Dictionary<string, JsonElement>(StringComparer.Ordinal)))
                : (only.Type, new RopeFields(file, only.Prefix, only.Values));
        }

        if (old.Type != modern.Type)
        {
            throw new CheckpointFormatException(
                file, "rope_scaling and rope_parameters", $"types \"{old.Type}\" and \"{modern.Type}\"", "the same type in both, or only one of them");
        }

        foreach (var key in old.Values.Keys.Union(modern.Values.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var a = old.Values.GetValueOrDefault(key);
            var b = modern.Values.GetValueOrDefault(key);
            var oneIsAbsent = a.ValueKind == JsonValueKind.Undefined || b.ValueKind == JsonValueKind.Undefined;
            if (oneIsAbsent ? !SharedKeys.Contains(key, StringComparer.Ordinal) : !JsonElement.DeepEquals(a, b))
            {
                throw new CheckpointFormatException(
                    file,
                    $"rope_scaling.{key} and rope_parameters.{key}",
                    $"{RopeFields.Shown(a)} and {RopeFields.Shown(b)}",
                    "the same value in both, or only one of the two objects");
            }
        }

        var merged = new Dictionary<string, JsonElement>(old.Values, StringComparer.Ordinal);
        foreach (var (key, value) in modern.Values)
        {
            merged[key] = value;
        }

        return (modern.Type, new RopeFields(file, modern.Prefix, merged));
    }

    private static ScalingKeys? ScalingObject(RopeFields top, string file, string key)
    {
        if (top.Get(key) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return top.Fail<ScalingKeys>(key, RopeFields.Shown(value), "a JSON object or null");
        }

        var prefix = key + ".";
        var layers = value.EnumerateObject().ToArray();
        if (layers.Length > 0 && layers.All(l => l.Value.ValueKind == JsonValueKind.Object))
        {
            // Per layer type. One encoding for all layers is what runs here; equal objects are one encoding.
            if (layers.FirstOrDefault(l => !JsonElement.DeepEquals(l.Value, layers[0].Value)) is { Value.ValueKind: JsonValueKind.Object } other)
            {
                throw new UnsupportedCheckpointException(
                    file, key, $"different objects for {layers[0].Name} and {other.Name}", "the same encoding in all layers");
            }

            prefix = $"{key}.{layers[0].Name}.";
            value = layers[0].Value;
        }

        var values = Properties(value, file, prefix).Where(p => p.Value.ValueKind != JsonValueKind.Null)
            .ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        var fields = new RopeFields(file, prefix, values);
        var newName = Canonical(fields.Text("rope_type"));
        var oldName = Canonical(fields.Text("type"));
        if (newName is not null && oldName is not null && newName != oldName)
        {
            return fields.Fail<ScalingKeys>("rope_type and type", $"\"{newName}\" and \"{oldName}\"", "the same method in both");
        }

        values.Remove("rope_type");
        values.Remove("type");
        var type = newName ?? oldName;
        if (type is null && values.Keys.All(k => SharedKeys.Contains(k, StringComparer.Ordinal)))
        {
            // {"rope_theta": ...} alone, or an empty object: nothing is scaled.
            type = "default";
        }

        return type is null
            ? fields.Missing<ScalingKeys>("rope_type", $"one of {KnownTypes}")
            : new ScalingKeys(type, prefix, values);
    }

    private static string? Canonical(string? type) => type is "su" ? "longrope" : type;

    private static Dictionary<string, JsonElement> Properties(JsonElement value, string file, string prefix)
    {
        var properties = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            // Python keeps the last of two equal keys, other readers the first: neither is what the author checked.
            if (!properties.TryAdd(property.Name, property.Value) && IsRopeKey(prefix, property.Name))
            {
                throw new CheckpointFormatException(file, prefix + property.Name, "the key twice", "once");
            }
        }

        return properties;
    }

    private static bool IsRopeKey(string prefix, string key) =>
        prefix.Length > 0 || key.Contains("rope", StringComparison.Ordinal) || key.Contains("position_embeddings", StringComparison.Ordinal);

    /// <summary>A key that may stand at the top level and inside the scaling object: either one, or both with the same value.</summary>
    private static T? Agreed<T>(RopeFields top, RopeFields rope, string key, Func<RopeFields, string, T?> read)
        where T : struct
    {
        var outer = read(top, key);
        var inner = read(rope, key);
        if (outer is { } a && inner is { } b && !a.Equals(b))
        {
            return top.Fail<T>(
                $"{key} and {rope.Name(key)}", $"{RopeFields.Shown(top.Get(key)!.Value)} and {RopeFields.Shown(rope.Get(key)!.Value)}", "the same value in both");
        }

        return outer ?? inner;
    }

    /// <summary>rope_theta, or the name that gpt_neox has for it.</summary>
    private static double Base(RopeFields top, RopeFields rope)
    {
        var named = Agreed(top, rope, "rope_theta", (fields, key) => fields.Positive(key));
        var alias = top.Positive("rotary_emb_base");
        if (named is { } a && alias is { } b && !a.Equals(b))
        {
            return top.Fail<double>("rope_theta and rotary_emb_base", $"{RopeFields.Shown(a)} and {RopeFields.Shown(b)}", "the same value in both");
        }

        return named ?? alias ?? top.Missing<double>("rope_theta", "a finite number above 0 (the base is never guessed)");
    }

    private static int Width(RopeFields top, RopeFields rope, bool wholeHead)
    {
        var fraction = Fraction(top, rope);
        var (key, head) = HeadWidth(top);
        if (head > LargestHead)
        {
            return top.Fail<int>(key, $"a head of {head} entries", $"at most {LargestHead}");
        }

        // In heads that are split into a rotated and a plain part, the rotated part is named and rotates whole.
        var rotated = wholeHead || key == "qk_rope_head_dim" ? head : (int)(head * fraction);
        if (top.Count("rotary_dim") is { } named && named != rotated)
        {
            if (rotated != head)
            {
                return top.Fail<int>("rotary_dim", $"{named} beside a partial factor that gives {rotated}", "the same width");
            }

            rotated = named <= head ? named : top.Fail<int>("rotary_dim", $"{named}", $"at most the head's {head}");
        }

        return rotated >= 2 && rotated % 2 == 0
            ? rotated
            : top.Fail<int>(key, $"{rotated} rotated entries of a head of {head}", "an even number of at least 2");
    }

    private static (string Key, int Width) HeadWidth(RopeFields top)
    {
        if (top.Count("qk_rope_head_dim") is { } rotatedPart)
        {
            return ("qk_rope_head_dim", rotatedPart);
        }

        if ((top.Count("head_dim") ?? ClassDefaults.HeadWidth(ModelType(top))) is { } head)
        {
            return ("head_dim", head);
        }

        var hidden = top.Count("hidden_size") ?? top.Missing<int>("head_dim", "a width, or hidden_size and num_attention_heads");
        var heads = top.RequiredCount("num_attention_heads");
        return hidden % heads == 0
            ? ("hidden_size", hidden / heads)
            : top.Fail<(string, int)>("hidden_size", $"{hidden}", $"a multiple of num_attention_heads {heads}, or head_dim");
    }

    private static string? ModelType(RopeFields top) => top.Get("model_type") is { ValueKind: JsonValueKind.String } type ? type.GetString() : null;

    private static double Fraction(RopeFields top, RopeFields rope)
    {
        var named = Agreed(top, rope, "partial_rotary_factor", (fields, key) => fields.Positive(key));
        foreach (var alias in (string[])["rotary_pct", "rotary_emb_fraction"])
        {
            if (top.Positive(alias) is not { } other)
            {
                continue;
            }

            if (named is { } known && !known.Equals(other))
            {
                return top.Fail<double>($"partial_rotary_factor and {alias}", $"{RopeFields.Shown(known)} and {RopeFields.Shown(other)}", "the same value");
            }

            named = other;
        }

        return named switch
        {
            null => ClassDefaults.RotaryShare(ModelType(top)),
            <= 1 => named.Value,
            _ => top.Fail<double>("partial_rotary_factor", RopeFields.Shown(named.Value), "a number above 0 and at most 1"),
        };
    }

    private static double Factor(RopeFields rope, ImmutableArray<string>.Builder notes)
    {
        var factor = rope.RequiredPositive("factor");
        if (factor < 1)
        {
            notes.Add($"{rope.Name("factor")} {RopeFields.Shown(factor)} is below 1: it shrinks the window");
        }

        return factor;
    }

    private static DynamicNtkScaling Dynamic(string file, RopeFields rope, RopeGeometry geometry, int maximum, ImmutableArray<string>.Builder notes)
    {
        if (rope.Get("alpha") is { } alpha)
        {
            throw new UnsupportedCheckpointException(file, rope.Name("alpha"), RopeFields.Shown(alpha), "dynamic with factor alone");
        }

        if (geometry.RotaryDimension == 2)
        {
            rope.Fail<int>("rope_type", "dynamic with 2 rotated entries", "at least 4 (its base exponent is d/(d-2))");
        }

        if (geometry.OriginalContext != maximum)
        {
            notes.Add($"dynamic starts at max_position_embeddings {maximum}, not at the original length {geometry.OriginalContext}");
        }

        return new(WithContext(geometry, maximum), Factor(rope, notes));
    }

    private static YarnScaling Yarn(
        RopeFields rope, RopeGeometry geometry, int? original, int maximum, RopeConfigEra era, ImmutableArray<string>.Builder notes)
    {
        if (geometry.Base <= 1)
        {
            rope.Fail<int>("rope_theta", RopeFields.Shown(geometry.Base), "a base above 1 for yarn");
        }

        var ratio = original is { } length ? (double)maximum / length : (double?)null;
        var given = rope.Has("factor") ? Factor(rope, notes) : (double?)null;
        var factor = era switch
        {
            RopeConfigEra.V5 => given ?? ratio,
            RopeConfigEra.V457 => ratio ?? given,
            _ => given,
        }

            ?? rope.Missing<double>("factor", "a finite number above 0");
        if (given is { } g && ratio is { } r && !g.Equals(r))
        {
            notes.Add($"factor {RopeFields.Shown(g)} is not max / original = {RopeFields.Shown(r)}; Transformers 4.48 to 4.57 take the latter");
        }

        return new YarnScaling(era == RopeConfigEra.V4 ? WithContext(geometry, maximum) : geometry, factor)
        {
            BetaFast = rope.Positive("beta_fast") ?? 32,
            BetaSlow = rope.Positive("beta_slow") ?? 1,
            Truncate = rope.Flag("truncate") ?? true,
            ExplicitAttentionFactor = rope.Positive("attention_factor"),
            Mscale = rope.NotNegative("mscale"),
            MscaleAllDim = rope.NotNegative("mscale_all_dim"),
        };
    }

    private static LongRopeScaling LongRope(
        RopeFields rope, RopeGeometry geometry, int? outerOriginal, int maximum, RopeConfigEra era, ImmutableArray<string>.Builder notes)
    {
        var shortFactors = rope.Factors("short_factor", geometry.Pairs);
        var longFactors = rope.Factors("long_factor", geometry.Pairs);
        var given = rope.Positive("factor");
        var explicitAttention = rope.Positive("attention_factor");

        // Before 5.x the original length of this method is a top-level key only, and its ratio beats a given factor.
        var original = era == RopeConfigEra.V5 ? geometry.OriginalContext : outerOriginal ?? maximum;
        var ratio = (double)maximum / original;
        double factor;
        if (era == RopeConfigEra.V5)
        {
            factor = given ?? ratio;
        }
        else if (outerOriginal is not null)
        {
            factor = ratio;
        }
        else
        {
            factor = given ?? (explicitAttention is not null
                ? 1
                : rope.Missing<double>("factor", "a factor, attention_factor or a top-level original_max_position_embeddings (Transformers 4.x)"));
        }

        if (given is { } g && !g.Equals(ratio))
        {
            notes.Add($"factor {RopeFields.Shown(g)} is not max / original = {RopeFields.Shown(ratio)}; releases differ in which one sets the attention factor");
        }

        if (explicitAttention is null && factor > 1 && original < 2)
        {
            rope.Fail<int>("original_max_position_embeddings", $"{original}", "at least 2 (its logarithm divides)");
        }

        var attention = explicitAttention ?? AttentionFactors.Su(factor, original);
        foreach (var key in (string[])["short_mscale", "long_mscale"])
        {
            if (rope.Positive(key) is { } mscale && !mscale.Equals(attention))
            {
                notes.Add($"{rope.Name(key)} {RopeFields.Shown(mscale)} is ignored, as Transformers does; the attention factor is {RopeFields.Shown(attention)}");
            }
        }

        return new LongRopeScaling(
            WithContext(geometry, original),
            [
                new LongRopeEntry(original, shortFactors, attention),
                new LongRopeEntry(Math.Max(original, maximum), longFactors, attention),
            ]);
    }

    private static Llama3Scaling Llama3(RopeFields rope, RopeGeometry geometry, int? original, ImmutableArray<string>.Builder notes)
    {
        if (original is null)
        {
            rope.Missing<int>("original_max_position_embeddings", "a whole number of at least 1");
        }

        var low = rope.RequiredPositive("low_freq_factor");
        var high = rope.RequiredPositive("high_freq_factor");
        return high > low
            ? new(geometry, Factor(rope, notes), low, high)
            : rope.Fail<Llama3Scaling>("high_freq_factor", RopeFields.Shown(high), $"above low_freq_factor {RopeFields.Shown(low)}");
    }

    private static RopeGeometry WithContext(RopeGeometry geometry, int context) => new(geometry.RotaryDimension, geometry.Base, context);

    /// <summary>One scaling object: its method, where it stands, and its keys without the method's name and without nulls.</summary>
    private sealed record ScalingKeys(string Type, string Prefix, Dictionary<string, JsonElement> Values);
}
