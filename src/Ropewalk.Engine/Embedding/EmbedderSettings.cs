using System.Collections.Immutable;
using Ropewalk.Positions;

namespace Ropewalk.Engine.Embedding;

/// <summary>What a folder or file says about its use as an embedder.</summary>
public sealed record EmbedderSettings
{
    /// <summary>Where the transformer lies: the folder itself, one inside it, or the file.</summary>
    public required string ModelPath { get; init; }

    /// <summary>The file that names the pooling, for errors.</summary>
    public required string PoolingSource { get; init; }

    /// <summary>Null where nothing says it.</summary>
    public Pooling? Pooling { get; init; }

    /// <summary>Width that the pooling expects; null where nothing says it.</summary>
    public int? Width { get; init; }

    /// <summary>Whether a prompt's rows count when rows are pooled.</summary>
    public bool IncludesPrompt { get; init; } = true;

    /// <summary>Whether vectors are divided by their length.</summary>
    public bool Normalizes { get; init; }

    /// <summary>Tokens of the longest text, special tokens included; null where only the model's window counts.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>The file that names it.</summary>
    public string? MaxTokensSource { get; init; }

    /// <summary>What is put before a text, by name.</summary>
    public ImmutableSortedDictionary<string, string> Prompts { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The prompt that is used where none is named.</summary>
    public string? DefaultPrompt { get; init; }

    /// <summary>The pooling of an embedder: what the folder says, or what the user does where it says nothing.</summary>
    /// <param name="chosen">What the user says, or null.</param>
    /// <param name="isCausal">Whether tokens see only those before them.</param>
    /// <exception cref="UserInputException">Neither says anything, or they contradict each other.</exception>
    public Pooling PoolingOf(Pooling? chosen, bool isCausal) => (Pooling, chosen) switch
    {
        (null, { } asked) => asked,
        ({ } said, null) => said,
        ({ } said, { } asked) when said == asked => said,
        ({ } said, { } asked) => throw new UserInputException($"pooling: found {NameOf(asked)}, expected {NameOf(said)}, as {PoolingSource} says"),
        _ => throw new UserInputException($"pooling: found none in {PoolingSource}, expected a choice{(isCausal ? " (last for most decoders)" : "")}: mean, cls, last, max or weighted-mean"),
    };

    private static string NameOf(Pooling pooling) => pooling == Embedding.Pooling.WeightedMean ? "weighted-mean" : pooling.ToString().ToLowerInvariant();
}
