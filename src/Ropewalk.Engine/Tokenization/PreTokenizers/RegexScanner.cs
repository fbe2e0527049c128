using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Any other pattern, run by .NET under a time limit, since a file may bring one that explodes.</summary>
internal sealed class RegexScanner : PatternScanner
{
    private const int MaxPatternLength = 4096;
    /// <summary>For one match; all matches together have a second more for each million characters.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly Regex _regex;
    private readonly JsonField _field;

    private RegexScanner(Regex regex, JsonField field)
    {
        _regex = regex;
        _field = field;
        Cuts = KnownPatterns.Cuts(field.String());
    }

    public static RegexScanner Create(JsonField field)
    {
        var pattern = field.String();
        if (pattern.Length > MaxPatternLength)
        {
            throw field.Unsupported($"a pattern of {pattern.Length} characters", $"patterns of at most {MaxPatternLength}");
        }

        if (pattern.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0)
        {
            // The text that a pattern sees has stand-ins for them.
            throw field.Unsupported("the pattern " + JsonField.Short(pattern), "patterns without characters beyond U+FFFF");
        }

        try
        {
            return new RegexScanner(new Regex(RegexDialect.Translate(field), RegexOptions.CultureInvariant | RegexOptions.Multiline, Limit), field);
        }
        catch (ArgumentException e)
        {
            throw field.Unsupported("the pattern " + JsonField.Short(pattern), "patterns that .NET can run (" + JsonField.Short(e.Message) + ")");
        }
    }

    /// <summary>Known for patterns that published tokenizers have; of another pattern nothing is known.</summary>
    public override TextCut Cuts { get; }

    public override void Scan(ReadOnlySpan<char> text, List<Stretch> stretches)
    {
        if (text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            ScanBasic(text, stretches);
            return;
        }

        var (standIns, places) = AstralStandIns.Replace(text);
        var first = stretches.Count;
        ScanBasic(standIns, stretches);
        for (var i = first; i < stretches.Count; i++)
        {
            stretches[i] = stretches[i] with { Start = places[stretches[i].Start], End = places[stretches[i].End] };
        }
    }

    private void ScanBasic(ReadOnlySpan<char> text, List<Stretch> stretches)
    {
        var clock = Stopwatch.StartNew();
        var done = 0;
        var last = -1;
        try
        {
            foreach (var match in _regex.EnumerateMatches(text))
            {
                if (clock.Elapsed > Limit + TimeSpan.FromMicroseconds(text.Length))
                {
                    throw TooSlow();
                }

                // As in the reference, an empty match may not touch the match before it.
                if (match.Length == 0 && match.Index == last)
                {
                    continue;
                }

                if (match.Index > done)
                {
                    stretches.Add(new Stretch(done, match.Index, IsMatch: false));
                }

                last = done = match.Index + match.Length;
                stretches.Add(new Stretch(match.Index, done, IsMatch: true));
            }
        }
        catch (RegexMatchTimeoutException)
        {
            throw TooSlow();
        }

        if (done < text.Length)
        {
            stretches.Add(new Stretch(done, text.Length, IsMatch: false));
        }
    }

    private Formats.CheckpointFormatException TooSlow() =>
        _field.Error($"a pattern that ran longer than {Limit.TotalSeconds} s on this text", "one that runs in linear time");
}
