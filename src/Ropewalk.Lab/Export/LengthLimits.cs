using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats.HuggingFace;

namespace Ropewalk.Lab.Export;

/// <summary>Raises the limits of length that other programs cut texts at: a tokenizer that goes on cutting at the old window would undo an extension
/// without a word.</summary>
internal static class LengthLimits
{
    // Vocabularies of a quarter of a million words are larger than any config.
    private const long TokenizerMaximumBytes = 64 << 20;

    /// <summary>The content of a file with its limit raised, or null for a file that has none or a larger one.</summary>
    /// <param name="path">A file of the folder; its name says which key holds the limit.</param>
    /// <param name="target">Tokens of the longest text.</param>
    public static byte[]? Raised(string path, int target) => Path.GetFileName(path) switch
    {
        "tokenizer_config.json" => RaisedKey(path, "model_max_length", target),
        SentenceFiles.LimitName => RaisedKey(path, "max_seq_length", target),
        "tokenizer.json" => RaisedTruncation(path, target),
        _ => null,
    };

    private static byte[]? RaisedKey(string path, string key, int target)
    {
        var root = JsonFile.Read(path);
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(key, out var value) || value.ValueKind != JsonValueKind.Number || value.GetDouble() >= target)
        {
            return null;
        }

        var config = JsonObject.Create(root)!;
        config[key] = target;
        return Encoding.UTF8.GetBytes(config.ToJsonString(CheckpointExporter.Json) + "\n");
    }

    /// <summary>Only the number's own bytes change: the rest of a tokenizer is not ours to spell anew.</summary>
    private static byte[]? RaisedTruncation(string path, int target)
    {
        _ = JsonFile.Read(path, TokenizerMaximumBytes);
        var bytes = File.ReadAllBytes(path);
        var bom = bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        var reader = new Utf8JsonReader(bytes.AsSpan(bom));
        var isInside = false;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                isInside &= reader is not { TokenType: JsonTokenType.EndObject, CurrentDepth: 1 };
            }
            else if (reader.CurrentDepth == 1)
            {
                isInside = reader.ValueTextEquals("truncation"u8);
            }
            else if (isInside && reader.CurrentDepth == 2 && reader.ValueTextEquals("max_length"u8) && reader.Read())
            {
                if (reader.TokenType != JsonTokenType.Number || reader.GetDouble() >= target)
                {
                    return null;
                }

                var at = bom + (int)reader.TokenStartIndex;
                return [.. bytes.AsSpan(0, at), .. Encoding.UTF8.GetBytes(target.ToString(CultureInfo.InvariantCulture)), .. bytes.AsSpan(at + reader.ValueSpan.Length)];
            }
        }

        return null;
    }
}
