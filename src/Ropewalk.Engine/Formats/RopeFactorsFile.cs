using System.Collections.Immutable;
using System.Text.Json;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Engine.Formats;

/// <summary>factors.json: LongRoPE factors with everything that no checkpoint config can hold (start tokens, any number of lengths).
/// Version 1: version, rotary_dimension, base, original_context, target_context, entries of maximum_length, rescale_factors,
/// attention_factor, start_tokens. It is this project's own format, so an unknown key is an error.</summary>
public static class RopeFactorsFile
{
    private const int Version = 1;
    private const long LargestFileBytes = 64 << 20;

    /// <summary>Reads the factors for a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="geometry">The model's encoding; the file must have been made for it.</param>
    /// <exception cref="CheckpointFormatException">The file is missing, damaged or for another model.</exception>
    public static LongRopeScaling Read(string path, RopeGeometry geometry)
    {
        ArgumentNullException.ThrowIfNull(geometry);
        using var document = Parse(path);
        var top = Object(path, "", document.RootElement);
        RequireEqual(path, top, "version", Version);
        RequireEqual(path, top, "rotary_dimension", geometry.RotaryDimension);
        RequireEqual(path, top, "base", geometry.Base);
        RequireEqual(path, top, "original_context", geometry.OriginalContext);
        top.RequiredCount("target_context");
        if (top.Get("entries") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() == 0)
        {
            throw new CheckpointFormatException(path, "entries", RopeFields.Shown(top.Get("entries") ?? default), "a list with at least one entry");
        }

        RefuseUnread(path, top);
        var entries = ImmutableArray.CreateBuilder<LongRopeEntry>();
        foreach (var element in list.EnumerateArray())
        {
            var fields = Object(path, $"entries[{entries.Count}].", element);
            var entry = new LongRopeEntry(
                fields.RequiredCount("maximum_length"),
                fields.Factors("rescale_factors", geometry.Pairs),
                fields.RequiredPositive("attention_factor"),
                StartTokens(fields));
            RefuseUnread(path, fields);
            if (entries.Count > 0 && entry.MaximumLength < entries[^1].MaximumLength)
            {
                throw new CheckpointFormatException(
                    path, fields.Name("maximum_length"), $"{entry.MaximumLength}", $"at least {entries[^1].MaximumLength} as the entry before it");
            }

            entries.Add(entry);
        }

        return new LongRopeScaling(geometry, entries.ToImmutable());
    }

    /// <summary>Writes the factors whole: into a file beside the path, flushed to disk, then renamed over it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="scaling">The factors.</param>
    /// <param name="targetContext">The context that they are meant for, in tokens, at least 1.</param>
    /// <exception cref="UserInputException">The target is out of range.</exception>
    /// <exception cref="StorageException">The file cannot be written; nothing is left of it.</exception>
    public static void Write(string path, LongRopeScaling scaling, int targetContext)
    {
        ArgumentNullException.ThrowIfNull(scaling);
        if (targetContext < 1)
        {
            throw new UserInputException($"target context: found {targetContext}, expected a whole number of at least 1");
        }

        AtomicFile.Write(path, stream =>
        {
            using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
            {
                Write(json, scaling, targetContext);
            }

            stream.WriteByte((byte)'\n');
        });
    }

    private static void Write(Utf8JsonWriter json, LongRopeScaling scaling, int targetContext)
    {
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteNumber("rotary_dimension", scaling.Geometry.RotaryDimension);
        json.WriteNumber("base", scaling.Geometry.Base);
        json.WriteNumber("original_context", scaling.Geometry.OriginalContext);
        json.WriteNumber("target_context", targetContext);
        json.WriteStartArray("entries");
        foreach (var entry in scaling.Entries)
        {
            json.WriteStartObject();
            json.WriteNumber("maximum_length", entry.MaximumLength);
            json.WriteNumber("attention_factor", entry.AttentionFactor);
            json.WriteNumber("start_tokens", entry.StartTokens);
            json.WriteStartArray("rescale_factors");
            foreach (var factor in entry.RescaleFactors)
            {
                json.WriteNumberValue(factor);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new CheckpointFormatException(path, "file", "a folder", "a factors file");
            }

            var length = new FileInfo(path).Length;
            if (length > LargestFileBytes)
            {
                throw new CheckpointFormatException(path, "size", $"{length} bytes", $"at most {LargestFileBytes} bytes of factors");
            }

            return JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new CheckpointFormatException(path, e.LineNumber is { } line ? $"line {line + 1}" : "JSON", "no valid JSON without repeated keys", "a factors file of version 1");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CheckpointFormatException(path, "file", "nothing", "a factors file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointFormatException(path, "file", $"one that cannot be read ({e.Message})", "a factors file");
        }
    }

    private static RopeFields Object(string path, string prefix, JsonElement element) => element.ValueKind == JsonValueKind.Object
        ? new RopeFields(path, prefix, element.EnumerateObject().ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal))
        : throw new CheckpointFormatException(path, prefix.Length == 0 ? "root" : prefix.TrimEnd('.'), RopeFields.Shown(element), "a JSON object");

    private static void RequireEqual(string path, RopeFields fields, string key, double expected)
    {
        var found = fields.RequiredPositive(key);
        if (!found.Equals(expected))
        {
            throw new CheckpointFormatException(path, key, RopeFields.Shown(found), RopeFields.Shown(expected));
        }
    }

    private static int StartTokens(RopeFields fields)
    {
        var value = fields.NotNegative("start_tokens") ?? fields.Missing<double>("start_tokens", "a whole number of at least 0");
        return value == Math.Floor(value) && value <= int.MaxValue
            ? (int)value
            : fields.Fail<int>("start_tokens", RopeFields.Shown(value), "a whole number of at least 0");
    }

    private static void RefuseUnread(string path, RopeFields fields)
    {
        if (fields.Unread.FirstOrDefault() is { } unknown)
        {
            throw new CheckpointFormatException(path, fields.Name(unknown), "an unknown key", "only the keys of version 1");
        }
    }
}
