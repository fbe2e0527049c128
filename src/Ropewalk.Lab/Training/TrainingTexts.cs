using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Training;

/// <summary>The texts of a run: files, and all .txt files of folders and what is below them, in the order of their names.</summary>
public static class TrainingTexts
{
    private const int CharactersOfStory = 20_000;

    /// <summary>Names of the files.</summary>
    /// <exception cref="UserInputException">There is none, or one of the folders cannot be read.</exception>
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

            var found = Below(path);
            if (found.Count == 0)
            {
                throw new UserInputException($"{path}: found no .txt file, expected at least one");
            }

            files.AddRange(found);
        }

        return files;
    }

    /// <summary>A folder that cannot be read is refused: without its texts the run would be another one.</summary>
    private static List<string> Below(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, "*.txt", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserInputException($"{folder}: found a folder that cannot be read ({Printable.OneLine(e.Message)}), expected .txt files in folders that can");
        }
    }

    /// <summary>Generated stories, so many that they are a share of all characters.</summary>
    /// <param name="characters">Characters of the other texts.</param>
    /// <param name="share">0 .. 1, 1 excluded.</param>
    /// <param name="seed">Which.</param>
    private static IEnumerable<StoryDocument> Stories(long characters, double share, ulong seed) =>
        StoryGenerator.Documents(seed, (int)Math.Ceiling(characters * share / (1 - share) / CharactersOfStory), CharactersOfStory);

    /// <summary>The texts of files and folders, then generated stories.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="storyShare">Share of stories in all characters.</param>
    /// <param name="seed">Which stories.</param>
    /// <exception cref="UserInputException">There is none, or one is no text.</exception>
    public static IReadOnlyList<(string Name, string Text)> All(IEnumerable<string> paths, double storyShare, ulong seed)
    {
        List<(string Name, string Text)> texts = [.. Files(paths).Select(path => (Path.GetFileName(path), TextFile.Read(path, "DATA")))];
        return [.. texts, .. Stories(texts.Sum(t => (long)t.Text.Length), storyShare, seed).Select(s => (s.Title, s.Text))];
    }

    /// <summary>Tokenizes texts.</summary>
    public static IReadOnlyList<TokenDocument> Documents(IEnumerable<(string Name, string Text)> texts, Tokenizer tokenizer) =>
        [.. texts.Select(t => new TokenDocument(t.Name, tokenizer.Encode(t.Text, addSpecialTokens: false, matchSpecialTokens: false)))];
}
