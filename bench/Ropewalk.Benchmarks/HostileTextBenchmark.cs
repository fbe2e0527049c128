using System.Text;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Benchmarks;

/// <summary>Seconds for a million characters (or as many as make a megabyte) that tokenizers have been slow on, for every tokenizer of the shared folder.</summary>
internal static class HostileTextBenchmark
{
    private const int Megabyte = 1_000_000;

    private static readonly (string Name, string Unit)[] s_units =
    [
        ("a", "a"), ("space", " "), ("line end", "\n"), ("mark", "\u0301"), ("marks", "\u0323\u0301"), ("U+FDFA", "\uFDFA"), ("ZWJ chain", "\U0001F468\u200D"), ("=", "="), ("1", "1"),
        ("'", "'"), ("<|", "<|"), ("NUL", "\0"), ("Hangul", "\u1100\u1161\u11A8"), ("ab", "ab"), ("CJK", "\u4E00"),
    ];

    public static int Run(string shared)
    {
        Console.WriteLine("seconds of one core for a megabyte of UTF-8, best of 2");
        Console.WriteLine($"{"",-28}" + string.Concat(s_units.Select(u => $"{u.Name,10}")));
        var tokenizers = Path.Combine(shared, "data", "tokenizers");
        foreach (var path in Directory.GetDirectories(Path.Combine(tokenizers, "huggingface")).Concat(Directory.GetFiles(Path.Combine(tokenizers, "gguf-vocab"), "*.gguf")).Order(StringComparer.Ordinal))
        {
            try
            {
                using var files = Directory.Exists(path) ? BenchmarkTokenizer.Open(path) : null;
                var tokenizer = Tokenizer.Load(files?.Folder ?? path);
                Console.WriteLine($"{Path.GetFileName(path),-28}" + string.Concat(s_units.Select(u => $"{Seconds(tokenizer, u.Unit),10:F3}")));
            }
            catch (UnsupportedCheckpointException e)
            {
                Console.WriteLine($"{Path.GetFileName(path),-28} {e.Message}");
            }
        }

        return 0;
    }

    private static double Seconds(Tokenizer tokenizer, string unit)
    {
        var text = new StringBuilder().Insert(0, unit, Megabyte / Encoding.UTF8.GetByteCount(unit)).ToString();
        var best = double.PositiveInfinity;
        for (var round = 0; round < 2; round++)
        {
            var before = Environment.CpuUsage.TotalTime;
            tokenizer.Encode(text, matchSpecialTokens: false);
            best = Math.Min(best, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
        }

        return best;
    }
}
