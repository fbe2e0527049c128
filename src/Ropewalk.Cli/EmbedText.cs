using System.Text.Json;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>A text that is to become a vector, without white space around it, as LongEmbed has it.</summary>
/// <param name="Id">What it is found by.</param>
/// <param name="Text">The text.</param>
/// <param name="Name">What to call it in errors.</param>
internal sealed record EmbedText(string Id, string Text, string Name)
{
    private const long MaximumBytes = 1L << 31;
    private const string Expected = "a .jsonl file (an object with id and text a line), a .txt file (a text a line) or a folder of .txt and .md files (a text each)";
    private static readonly string[] s_idKeys = ["id", "_id", "doc_id", "qid"];

    /// <summary>All texts of a file or folder.</summary>
    /// <exception cref="CheckpointFormatException">The file is damaged, or two texts have one id.</exception>
    /// <exception cref="UserInputException">There are no texts.</exception>
    public static IReadOnlyList<EmbedText> Read(string path)
    {
        var texts = (Directory.Exists(path) ? ReadFolder(path)
            : path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) ? ReadLines(path)
            : path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) ? ReadText(path)
            : throw new UserInputException($"--in: found {Printable.OneLine(path, 120)}, expected {Expected}")).ToArray();
        if (texts.Length == 0)
        {
            throw new UserInputException($"--in: found no texts in {Printable.OneLine(path, 120)}, expected {Expected}");
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        return Array.Find(texts, t => !ids.Add(t.Id)) is { } again
            ? throw new CheckpointFormatException(path, "id", $"\"{Printable.OneLine(again.Id, 80)}\" twice, the second time in {again.Name}", "an id of its own for each text")
            : texts;
    }

    private static IEnumerable<EmbedText> ReadFolder(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Where(f => Path.GetExtension(f).ToUpperInvariant() is ".TXT" or ".MD"))
        {
            yield return new EmbedText(Path.GetFileName(file), Content(file).Trim(), file);
        }
    }

    private static IEnumerable<EmbedText> ReadText(string path)
    {
        var line = 0;
        foreach (var text in Content(path).Split('\n'))
        {
            line++;
            if (!string.IsNullOrWhiteSpace(text))
            {
                yield return new EmbedText($"{line}", text.Trim(), $"{path} line {line}");
            }
        }
    }

    /// <summary>Title and text with a space between, as LongEmbed and BEIR have it.</summary>
    private static IEnumerable<EmbedText> ReadLines(string path)
    {
        foreach (var (line, element) in JsonLines.Read(path, RegularFile.ReadAll(path, Expected, MaximumBytes)))
        {
            var fields = new ConfigFields(element, path, $"line {line}.");
            var key = Array.Find(s_idKeys, fields.Has);
            var id = key is null ? $"{line}" : element.GetProperty(key) is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : fields.RequiredString(key);
            var title = fields.OptionalString("title");
            var text = fields.RequiredString("text");
            yield return new EmbedText(id, $"{title} {text}".Trim(), $"{path} line {line}");
        }
    }

    private static string Content(string path) => TextFile.Read(path, "--in");
}
