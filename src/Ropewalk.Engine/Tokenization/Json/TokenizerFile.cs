using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Reads a tokenizer's JSON file into memory and parses it; everything that can be wrong with the file as a
/// whole is named here.</summary>
internal static class TokenizerFile
{
    /// <summary>Llama-3's file has 9 MB, Gemma's 33 MB.</summary>
    public const int MaxBytes = 64 << 20;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>The file's bytes; refuses one that is absent, unreadable or larger than <see cref="MaxBytes"/>.</summary>
    public static byte[] Read(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > MaxBytes)
            {
                throw TooLarge(path, stream.Length);
            }

            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CheckpointFormatException(path, "file", "nothing", "a Hugging Face tokenizer.json");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CheckpointFormatException(path, "file", "something unreadable (" + JsonField.Short(e.Message) + ")", "a readable file");
        }
    }

    /// <summary>Parses the bytes; a byte order mark is passed over.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, string file)
    {
        if (json.Length > MaxBytes)
        {
            throw TooLarge(file, json.Length);
        }

        if (json.Span.StartsWith("version https://git-lfs.github.com/spec/"u8))
        {
            throw new CheckpointFormatException(file, "file", "a Git LFS pointer", "the file itself (git lfs pull)");
        }

        if (json.Span.StartsWith(Encoding.UTF8.Preamble))
        {
            json = json[Encoding.UTF8.Preamble.Length..];
        }

        if (!Utf8.IsValid(json.Span))
        {
            throw new CheckpointFormatException(file, "file", "bytes that are not UTF-8", "JSON in UTF-8");
        }

        try
        {
            return JsonDocument.Parse(json, Options);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            var reason = e.Message.Replace('\n', ' ').Replace('\r', ' ');
            throw new CheckpointFormatException(file, "file", "broken JSON (" + Clip(reason) + ")", "one JSON object without repeated keys");
        }
    }

    private static string Clip(string text) => text.Length > 200 ? text[..200] + "..." : text;

    private static CheckpointFormatException TooLarge(string file, long length) =>
        new(file, "file", $"{length} bytes", $"at most {MaxBytes}");
}
