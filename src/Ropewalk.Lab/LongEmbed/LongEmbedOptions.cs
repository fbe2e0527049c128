using System.Collections.Immutable;
using Ropewalk.Engine.Embedding;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>What decides the result of a run.</summary>
public sealed record LongEmbedOptions
{
    /// <summary>LongEmbed's lengths.</summary>
    public static ImmutableArray<int> PublishedLengths { get; } = [256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768];

    /// <summary>The embedder.</summary>
    public required string Model { get; init; }

    /// <summary>As <see cref="EmbedderMethods.Parse"/> takes them.</summary>
    public ImmutableArray<string> Methods { get; init; } = [EmbedderMethods.Everything];

    /// <summary>T, tokens that the methods make room for; null for eight times the model's window.</summary>
    public int? TargetContext { get; init; }

    /// <summary>Lengths of the documents of passkey, needle and pairs in tokens; empty for the published ones that a line fits into.</summary>
    public ImmutableArray<int> Lengths { get; init; } = [];

    /// <summary>Names of tasks; empty for all that there are.</summary>
    public ImmutableArray<string> Tasks { get; init; } = [];

    /// <summary>Folder with real texts, or null.</summary>
    public string? Data { get; init; }

    /// <summary>Text files that pairs are cut from; empty for no such task.</summary>
    public ImmutableArray<string> Pairs { get; init; } = [];

    /// <summary>Tokens of a pair's query; null for a quarter of the model's window.</summary>
    public int? PairQueryTokens { get; init; }

    /// <summary>A factors file, or null.</summary>
    public string? Factors { get; init; }

    /// <summary>Whether queries of attention are scaled by the logarithm of the length too.</summary>
    public bool LogN { get; init; }

    /// <summary>Documents of a synthetic part.</summary>
    public int Documents { get; init; } = 100;

    /// <summary>Queries of a synthetic part.</summary>
    public int Queries { get; init; } = 50;

    /// <summary>Of the synthetic texts and of the intervals' resamples.</summary>
    public ulong Seed { get; init; }

    /// <summary>How rows become a vector, where the model does not say it.</summary>
    public Pooling? Pooling { get; init; }

    /// <summary>Put before each query; null for what the model names "query".</summary>
    public string? QueryPrompt { get; init; }

    /// <summary>Put before each document; null for what the model names "passage" or "document".</summary>
    public string? DocumentPrompt { get; init; }
}
