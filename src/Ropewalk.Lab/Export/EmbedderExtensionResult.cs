using System.Collections.Immutable;
using Ropewalk.Engine.Embedding;

namespace Ropewalk.Lab.Export;

/// <summary>What an embedder's extension wrote, and the proof of it; receipt.json holds the same.</summary>
/// <param name="Model">Name of the original.</param>
/// <param name="Architecture">Its model_type.</param>
/// <param name="Method">The method as the files have it.</param>
/// <param name="WindowBefore">Tokens of the longest text before, special tokens included.</param>
/// <param name="Window">Tokens of the longest text now.</param>
/// <param name="Pooling">How rows become a vector.</param>
/// <param name="TableRows">Rows of the table of positions that was written; null where positions are rotary.</param>
/// <param name="Config">What changed in config.json.</param>
/// <param name="Receipt">The proof.</param>
/// <param name="Files">What was written, relative to the folder.</param>
/// <param name="Notes">What the user should know.</param>
public sealed record EmbedderExtensionResult(
    string Model,
    string Architecture,
    string Method,
    int WindowBefore,
    int Window,
    Pooling Pooling,
    int? TableRows,
    ImmutableArray<ConfigChange> Config,
    EmbedderReceipt Receipt,
    ImmutableArray<string> Files,
    ImmutableArray<string> Notes);
