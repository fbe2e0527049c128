using System.Collections.Immutable;
using Ropewalk.Lab.LongEmbed;

namespace Ropewalk.Lab.Studies;

/// <summary>What a person asks of <c>study embedders</c>.</summary>
public sealed record EmbedderStudyOptions
{
    /// <summary>Embedders.</summary>
    public required ImmutableArray<string> Models { get; init; }

    /// <summary>Tokens of the short documents, at most the shortest window among the models.</summary>
    public required int Short { get; init; }

    /// <summary>Each T in tokens, rising, each more than <see cref="Short"/>.</summary>
    public required ImmutableArray<int> Targets { get; init; }

    /// <summary>How many times the texts that are made or chosen here are made anew.</summary>
    public int Seeds { get; init; } = 3;

    /// <summary>As <see cref="EmbedderMethods.Parse"/> takes them; a name that a model cannot have is left out there.</summary>
    public ImmutableArray<string> Methods { get; init; } = [EmbedderMethods.Everything];

    /// <summary>Lengths of documents beside <see cref="Short"/> and T; those above T are left out there.</summary>
    public ImmutableArray<int> Lengths { get; init; } = [];

    /// <summary>Folder with real texts, or null.</summary>
    public string? Data { get; init; }

    /// <summary>Text files that pairs are cut from; empty for no such task.</summary>
    public ImmutableArray<string> Pairs { get; init; } = [];

    /// <summary>Factors files by the name of a model and T, "NAME/T".</summary>
    public IReadOnlyDictionary<string, string> Factors { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Documents of a length.</summary>
    public int Documents { get; init; } = 100;

    /// <summary>Queries of a length.</summary>
    public int Queries { get; init; } = 50;

    /// <summary>Put before each query; null for what a model names "query".</summary>
    public string? QueryPrompt { get; init; }

    /// <summary>Put before each document; null for what a model names "passage" or "document".</summary>
    public string? DocumentPrompt { get; init; }
}
