using System.Globalization;

namespace Ropewalk.Peer;

/// <summary>Texts and token ids from a file, or from standard input where its name is "-".</summary>
internal static class InputFile
{
    private static readonly char[] s_separators = [' ', '\t', '\r', '\n', ',', '[', ']'];

    /// <summary>The bytes as they are.</summary>
    public static byte[] Read(string path)
    {
        if (path == "-")
        {
            using var input = Console.OpenStandardInput();
            using var copy = new MemoryStream();
            input.CopyTo(copy);
            return copy.ToArray();
        }

        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PeerInputException($"{path}: {e.Message}");
        }
    }

    /// <summary>Whole numbers with spaces, commas, line ends or a JSON array's brackets between them.</summary>
    public static int[] ReadTokens(string path) => ParseTokens(path, System.Text.Encoding.UTF8.GetString(Read(path)));

    /// <summary>The same, a text for each line that is not blank.</summary>
    public static int[][] ReadTexts(string path) =>
        [.. System.Text.Encoding.UTF8.GetString(Read(path)).Split('\n').Where(l => !string.IsNullOrWhiteSpace(l)).Select(l => ParseTokens(path, l))];

    private static int[] ParseTokens(string path, string text)
    {
        var words = text.Split(s_separators, StringSplitOptions.RemoveEmptyEntries);
        var tokens = new int[words.Length];
        for (var i = 0; i < words.Length; i++)
        {
            if (!int.TryParse(words[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out tokens[i]))
            {
                throw new PeerInputException($"{path}: token {i}: found \"{words[i]}\", expected a whole number");
            }
        }

        return tokens.Length > 0 ? tokens : throw new PeerInputException($"{path}: found no tokens, expected at least one");
    }
}
