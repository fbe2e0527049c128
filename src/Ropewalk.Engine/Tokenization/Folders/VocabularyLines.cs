using System.Text;
using System.Text.Unicode;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Reads the text files of a vocabulary: one entry a line.</summary>
internal static class VocabularyLines
{
    /// <summary>The lines, ended by LF or CR LF; no other character ends one, since tokens may hold it.</summary>
    public static string[] Read(string path)
    {
        var bytes = TokenizerFile.Read(path);
        if (!Utf8.IsValid(bytes))
        {
            throw new CheckpointFormatException(path, "file", "bytes that are not UTF-8", "UTF-8");
        }

        var text = Encoding.UTF8.GetString(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(Encoding.UTF8.Preamble.Length) : bytes);
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = lines[i].EndsWith('\r') ? lines[i][..^1] : lines[i];
        }

        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }
}
