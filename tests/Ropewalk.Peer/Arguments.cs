using System.Globalization;

namespace Ropewalk.Peer;

/// <summary>The words after the command. Each question takes its words away: options are asked for before the positional words, and
/// what is left over at the end is an error.</summary>
internal sealed class Arguments(IEnumerable<string> words)
{
    private readonly List<string> _words = [.. words];

    /// <summary>Whether the flag stands there.</summary>
    public bool Flag(string name) => _words.Remove(name);

    /// <summary>The value after the option, or null.</summary>
    public string? Option(string name)
    {
        var at = _words.IndexOf(name);
        if (at < 0)
        {
            return null;
        }

        if (at + 1 == _words.Count || _words[at + 1].StartsWith("--", StringComparison.Ordinal))
        {
            throw new PeerInputException($"{name}: found no value, expected one after it");
        }

        var value = _words[at + 1];
        _words.RemoveRange(at, 2);
        return value;
    }

    /// <summary>The value after the option, which has to be there.</summary>
    public string Required(string name) => Option(name) ?? throw new PeerInputException($"{name}: found nothing, expected it in the command");

    /// <summary>A whole number within bounds.</summary>
    public int Number(string name, int otherwise, int least, int most)
    {
        var text = Option(name);
        return text is null ? otherwise
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
            : throw new PeerInputException($"{name}: found \"{text}\", expected a whole number from {least} to {most}");
    }

    /// <summary>A positive finite number.</summary>
    public float Positive(string name, float otherwise)
    {
        var text = Option(name);
        return text is null ? otherwise
            : float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value) && value > 0 ? value
            : throw new PeerInputException($"{name}: found \"{text}\", expected a number above 0");
    }

    /// <summary>One of the words allowed, as a number.</summary>
    public int Choice(string name, int otherwise, params (string Word, int Value)[] allowed)
    {
        var text = Option(name);
        if (text is null)
        {
            return otherwise;
        }

        foreach (var (word, value) in allowed)
        {
            if (word == text)
            {
                return value;
            }
        }

        throw new PeerInputException($"{name}: found \"{text}\", expected {string.Join(", ", allowed.Select(a => a.Word))}");
    }

    /// <summary>The next word that belongs to no option.</summary>
    /// <param name="what">What it is, for the message.</param>
    public string Positional(string what)
    {
        if (_words.Count == 0 || _words[0].StartsWith("--", StringComparison.Ordinal))
        {
            throw new PeerInputException($"{what}: found {(_words.Count == 0 ? "nothing" : $"\"{_words[0]}\", which this command does not know")}, expected a value");
        }

        var word = _words[0];
        _words.RemoveAt(0);
        return word;
    }

    /// <summary>A positional word that names a file.</summary>
    public string ExistingFile(string what)
    {
        var path = Positional(what);
        return File.Exists(path) ? path : throw new PeerInputException($"{path}: found {(Directory.Exists(path) ? "a folder" : "nothing there")}, expected a file: {what}");
    }

    /// <summary>Refuses whatever nobody asked for.</summary>
    public void Finish()
    {
        if (_words.Count > 0)
        {
            throw new PeerInputException($"\"{_words[0]}\": found where nothing more is expected");
        }
    }
}
