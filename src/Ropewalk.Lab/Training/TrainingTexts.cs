using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Training;

/// <summary>The texts of a run: files, and all .txt files of folders and what is below them, in the order of their names.</summary>
public static class TrainingTexts
{
    /// <summary>Names of the files.</summary>
    /// <exception cref="UserInputException">There is none.</exception>
    public static IReadOnlyList<string> Files(IEnumerable<string> paths)
    {
        var files = new List<string>();
        foreach (var path in paths)
        {
            if (!Directory.Exists(path))
            {
                files.Add(path);
                continue;
            }

            var found = Directory.EnumerateFiles(path, "*.txt", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
            if (found.Count == 0)
            {
                throw new UserInputException($"{path}: found no .txt file, expected at least one");
            }

            files.AddRange(found);
        }

        return files;
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="UserInputException">It is empty, no UTF-8, or holds the character 0, as no text does.</exception>
    public static string Read(string path)
    {
        var text = TextFile.Read(path, "DATA");
        return text.IndexOf('\0', StringComparison.Ordinal) is >= 0 and var at
            ? throw new UserInputException($"{path}: found the character 0 at place {at}, expected text")
            : text;
    }

    /// <summary>Reads and tokenizes all.</summary>
    public static IReadOnlyList<TokenDocument> Documents(IEnumerable<string> files, Tokenizer tokenizer) =>
        [.. files.Select(path => new TokenDocument(Path.GetFileName(path), tokenizer.Encode(Read(path), addSpecialTokens: false, matchSpecialTokens: false)))];
}
