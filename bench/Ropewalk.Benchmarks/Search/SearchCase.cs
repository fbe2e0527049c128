using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Benchmarks.Search;

/// <summary>A model, a length and texts. What is searched, what settings are chosen on and what is reported never share a token.</summary>
/// <param name="Name">As --cases takes it.</param>
/// <param name="Model">Folder under data/models.</param>
/// <param name="Length">Tokens of a window, L'.</param>
/// <param name="Seeds">How many the full benchmark takes.</param>
/// <param name="Heldout">Held-out windows at most.</param>
internal sealed record SearchCase(string Name, string Model, int Length, int Seeds, int Heldout)
{
    private const int BooksSearched = 8;
    private const int BooksForValidation = 4;

    /// <summary>The four cases.</summary>
    public static IReadOnlyList<SearchCase> All { get; } =
    [
        new("llama2xs-1024", "llama2xs", 1024, 3, 16),
        new("bytes2m-2048", "bytes2m", 2048, 3, 16),
        new("stories260K-4096", "stories260K", 4096, 1, 8),
        new("bytes2m-4096", "bytes2m", 4096, 1, 8),
    ];

    private static string Shared => Environment.GetEnvironmentVariable("ROPEWALK_SHARED") ?? "/work/shared";

    /// <summary>The model's folder.</summary>
    public string Folder => Path.Combine(Shared, "data", "models", Model);

    /// <summary>Search windows of a seed and the windows that measure. A seed's first windows are the same however many are taken.</summary>
    /// <param name="seed">Chooses the search windows.</param>
    /// <param name="numSearch">How many of them.</param>
    /// <param name="validation">Whether the measuring windows are those on which settings may be chosen.</param>
    public (WindowSet Search, WindowSet Measured) Windows(ulong seed, int numSearch, bool validation)
    {
        var tokenizer = Tokenizer.Load(Folder);
        var (search, measured) = Model == "bytes2m" ? Books(tokenizer, validation) : Stories(tokenizer, validation);
        return WindowPlanner.Plan(search, measured, Length, numSearch, Heldout, tokenizer.AddsBos ? tokenizer.BosToken : null, new CounterRandom(seed).Fork(2));
    }

    /// <summary>The released code's rule: what an algorithm is under that does not search it.</summary>
    public double AttentionFactor(RopeGeometry geometry) => AttentionFactors.Su((double)Length / geometry.OriginalContext, geometry.OriginalContext);

    private static (IReadOnlyList<TokenDocument> Search, IReadOnlyList<TokenDocument> Measured) Books(Tokenizer tokenizer, bool validation)
    {
        var books = Path.Combine(Shared, "data", "text", "books");
        var train = Directory.GetFiles(Path.Combine(books, "train"), "*.txt").Order(StringComparer.Ordinal).ToArray();

        // Authors stand together in the alphabet: every third book, so that there are several.
        string[] spread = [.. train.Where((_, i) => i % 3 == 0).Take(BooksSearched + BooksForValidation)];
        return (
            DefaultTexts.Read(spread[..BooksSearched], tokenizer),
            DefaultTexts.Read(validation ? spread[BooksSearched..] : [.. Directory.GetFiles(Path.Combine(books, "heldout"), "*.txt").Order(StringComparer.Ordinal)], tokenizer));
    }

    /// <summary>Half of the sample is searched. Settings are chosen on the third quarter where it holds two windows; there the last quarter is held out, else the second half.</summary>
    private (IReadOnlyList<TokenDocument> Search, IReadOnlyList<TokenDocument> Measured) Stories(Tokenizer tokenizer, bool validation)
    {
        var sample = DefaultTexts.Read([Path.Combine(Shared, "data", "text", "tinystories", "sample.txt")], tokenizer)[0];
        var quarter = sample.Tokens.Length / 4;
        var (from, to) = quarter < 2 * Length ? (2 * quarter, 4 * quarter) : validation ? (2 * quarter, 3 * quarter) : (3 * quarter, 4 * quarter);
        return ([sample with { Tokens = sample.Tokens[..(2 * quarter)] }], [sample with { Tokens = sample.Tokens[from..to] }]);
    }
}
