using System.Text;
using System.Text.Json;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Benchmarks;

/// <summary>Megabytes of UTF-8 a second that tokenizers encode on one core, ours and @huggingface/tokenizers in turn on the same text.</summary>
/// <remarks>Seconds of processor time count, not of the clock, since other work on the machine must not decide; garbage collection is
/// in them on both sides. A first round of each side is not counted.</remarks>
internal static class TokenizeBenchmark
{
    private const int Rounds = 5;

    public static int Run(string shared, string peerFolder, string? only)
    {
        using var peer = JavaScriptTokenizers.Start(peerFolder);
        var books = string.Concat(Directory.GetFiles(Path.Combine(shared, "data", "text", "books", "heldout")).Order(StringComparer.Ordinal).Select(File.ReadAllText))[..2_000_000];
        var folder = Path.Combine(shared, "data", "tokenizers", "huggingface");
        Console.WriteLine($"{"tokenizer",-26} {"text",-13} {"MB",5} {"ours",8} {"JS",8} {"ratio",7}   MB/s, medians of {Rounds} rounds; one core; lowest and highest of ours");
        foreach (var (name, whole) in new[] { ("qwen2.5", true), ("phi-2", true), ("falcon", true), ("llama2", false), ("phi-3-mini", false) })
        {
            if (only is not null && only != name)
            {
                continue;
            }

            using var files = BenchmarkTokenizer.Open(Path.Combine(folder, name));
            var tokenizer = Tokenizer.Load(files.Folder);
            peer?.Load(Path.Combine(files.Folder, "tokenizer.json"), files.Config);

            // The other side needs more than linear time for SentencePiece texts, so it gets them in pieces of a page; so do we.
            Compare(name + (whole ? "" : ", pages"), "English books", whole ? [books] : Pieces(books[..500_000], 2000), tokenizer, peer);
            var random = RandomWords(whole ? 1_000_000 : 250_000);
            Compare(name + (whole ? "" : ", pages"), "random words", whole ? [random] : Pieces(random, 2000), tokenizer, peer);
            if (!whole)
            {
                Compare(name + ", whole", "English books", [books], tokenizer, null);
            }
        }

        return 0;
    }

    private static void Compare(string name, string textName, string[] texts, Tokenizer tokenizer, JavaScriptTokenizers? peer)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, JsonSerializer.Serialize(texts));
            var megabytes = texts.Sum(t => (double)Encoding.UTF8.GetByteCount(t)) / 1e6;
            var (ours, theirs) = (new List<double>(), new List<double>());
            for (var round = -1; round < Rounds; round++)
            {
                var (seconds, count, checksum) = Encode(tokenizer, texts);
                var other = peer?.Encode(file);
                if (other is { } o && (o.Count, o.Checksum) != (count, checksum))
                {
                    Console.WriteLine($"{name}, {textName}: {count} ids here, {o.Count} there, or others");
                    return;
                }

                if (round >= 0)
                {
                    ours.Add(megabytes / seconds);
                    theirs.Add(megabytes / (other?.CpuSeconds ?? double.NaN));
                }
            }

            var (mine, peers) = (Median(ours), Median(theirs));
            Console.WriteLine($"{name,-26} {textName,-13} {megabytes,5:F2} {mine,8:F2} {peers,8:F3} {mine / peers,7:F1}   {ours.Min():F2} .. {ours.Max():F2}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static (double Seconds, int Count, uint Checksum) Encode(Tokenizer tokenizer, string[] texts)
    {
        var all = new List<int[]>();
        var before = Environment.CpuUsage.TotalTime;
        foreach (var text in texts)
        {
            all.Add(tokenizer.Encode(text, addSpecialTokens: false));
        }

        var seconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        return (seconds, all.Sum(ids => ids.Length), all.SelectMany(ids => ids).Aggregate(0u, (sum, id) => unchecked((sum * 31) + (uint)id)));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string[] Pieces(string text, int length) => [.. text.Chunk(length).Select(c => new string(c))];

    /// <summary>Words of two to ten random letters: a memory of words is of no use.</summary>
    private static string RandomWords(int length)
    {
        var random = new Random(5);
        var text = new StringBuilder();
        while (text.Length < length)
        {
            for (var left = random.Next(2, 11); left > 0; left--)
            {
                text.Append((char)('a' + random.Next(26)));
            }

            text.Append(' ');
        }

        return text.ToString(0, length);
    }
}
