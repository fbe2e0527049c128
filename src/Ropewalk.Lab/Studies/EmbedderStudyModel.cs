using System.Collections.Immutable;
using Ropewalk.Engine.Embedding;
using Ropewalk.Lab.LongEmbed;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Studies;

/// <summary>An embedder of a study.</summary>
/// <param name="Name">The last part of its path that no other model of the study has there.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="Positions">"learned" or "rotary".</param>
/// <param name="Window">L, from which methods count.</param>
/// <param name="Longest">Tokens that it reads without any method.</param>
/// <param name="Methods">Names of the methods that it can have.</param>
public sealed record EmbedderStudyModel(string Name, string Path, string Positions, int Window, int Longest, ImmutableArray<string> Methods)
{
    /// <summary>Reads the models of a study.</summary>
    /// <exception cref="UserInputException">There is none, or two cannot be told apart.</exception>
    public static IReadOnlyList<EmbedderStudyModel> Read(IReadOnlyList<string> paths)
    {
        if (paths.Count == 0)
        {
            throw new UserInputException("MODEL: found none, expected embedders, or --resume");
        }

        var parts = paths.Select(p => JobPaths.Full(p, "MODEL").Split(System.IO.Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)).ToList();
        var names = parts.Select((own, i) => Enumerable.Range(1, own.Length).Select(k => own[^k]).Where((name, k) => name != RunFolder.Name && !parts.Where((_, j) => j != i).Any(o => k < o.Length && o[^(k + 1)] == name)).FirstOrDefault()).ToList();
        if (names.Exists(n => n is null) || names.Distinct(StringComparer.Ordinal).Count() < names.Count)
        {
            throw new UserInputException($"MODEL: found {string.Join(", ", paths)}, expected different models whose folders have different names");
        }

        return [.. paths.Select((path, i) =>
        {
            using var embedder = TextEmbedder.Load(path);
            var window = EmbedderMethods.WindowOf(embedder.Model);
            return new EmbedderStudyModel(names[i]!, path, embedder.Model.Rope is null ? "learned" : "rotary", window, Math.Max(window, embedder.MaxTokens), EmbedderMethods.Of(embedder.Model, "factors"));
        })];
    }
}
