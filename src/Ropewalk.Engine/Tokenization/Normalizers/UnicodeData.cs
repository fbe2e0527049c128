using System.Globalization;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Decompositions and combining classes of the Unicode character database, from the resource beside this file.</summary>
internal static class UnicodeData
{
    private const int HangulBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TailBase = 0x11A7;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Tails = 28;

    private static readonly Dictionary<int, int> Classes = [];
    private static readonly Dictionary<int, int[]> Canonical = [];
    private static readonly Dictionary<int, int[]> Compatible = [];
    private static readonly Dictionary<(int, int), int> Composed = [];
    private static readonly HashSet<int> Seconds = [];

    static UnicodeData()
    {
        using var stream = typeof(UnicodeData).Assembly.GetManifestResourceStream("unicode-normalization.txt")
            ?? throw new InvalidOperationException("the resource unicode-normalization.txt is missing");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            Read(line);
        }
    }

    /// <summary>0 for starters.</summary>
    public static int CombiningClass(int point) => point < 0x300 ? 0 : Classes.GetValueOrDefault(point);

    /// <summary>Appends the full decomposition of a character.</summary>
    public static void Decompose(int point, bool compatibility, List<int> to)
    {
        var hangul = point - HangulBase;
        if (hangul is >= 0 and < Leads * Vowels * Tails)
        {
            to.Add(LeadBase + (hangul / (Vowels * Tails)));
            to.Add(VowelBase + (hangul / Tails % Vowels));
            if (hangul % Tails > 0)
            {
                to.Add(TailBase + (hangul % Tails));
            }
        }
        else if (point >= 0x80 && (Canonical.TryGetValue(point, out var parts) || (compatibility && Compatible.TryGetValue(point, out parts))))
        {
            // The database's mappings nest three deep at most.
            foreach (var part in parts)
            {
                Decompose(part, compatibility, to);
            }
        }
        else
        {
            to.Add(point);
        }
    }

    /// <summary>Whether some character composes with this one behind it.</summary>
    public static bool JoinsBefore(int point) =>
        Seconds.Contains(point) || point - VowelBase is >= 0 and < Vowels || point - TailBase is > 0 and < Tails;

    /// <summary>The character that two compose to, or -1.</summary>
    public static int Compose(int first, int second)
    {
        if (first - LeadBase is >= 0 and < Leads && second - VowelBase is >= 0 and < Vowels)
        {
            return HangulBase + ((((first - LeadBase) * Vowels) + (second - VowelBase)) * Tails);
        }

        if (first - HangulBase is >= 0 and < Leads * Vowels * Tails && (first - HangulBase) % Tails == 0
            && second - TailBase is > 0 and < Tails)
        {
            return first + (second - TailBase);
        }

        return Composed.GetValueOrDefault((first, second), -1);
    }

    /// <summary>"230 0300 0301 ..." (a class), "00C0=0041 0300" (canonical), "0344!..." (canonical, never composed),
    /// "FB01~0066 0069" (compatible).</summary>
    private static void Read(string line)
    {
        if (line.Length == 0 || line[0] == '#')
        {
            return;
        }

        var mark = line.IndexOfAny(['=', '!', '~']);
        if (mark < 0)
        {
            var fields = line.Split(' ');
            foreach (var point in fields.AsSpan(1))
            {
                Classes[Hex(point)] = int.Parse(fields[0], CultureInfo.InvariantCulture);
            }

            return;
        }

        var from = Hex(line[..mark]);
        var to = Array.ConvertAll(line[(mark + 1)..].Split(' '), Hex);
        (line[mark] == '~' ? Compatible : Canonical)[from] = to;
        if (line[mark] == '=')
        {
            Composed[(to[0], to[1])] = from;
            Seconds.Add(to[1]);
        }
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
