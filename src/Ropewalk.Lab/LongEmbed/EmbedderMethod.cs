using System.Collections.Immutable;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>One row of the table: what is done to an embedder's positions, or to its texts.</summary>
/// <param name="Name">As --methods has it.</param>
/// <param name="Specs">As EncoderMethodSpec reads them; none for the model as it is.</param>
/// <param name="Chunks">Whether longer documents are cut into pieces whose vectors are averaged.</param>
public sealed record EmbedderMethod(string Name, ImmutableArray<string> Specs, bool Chunks = false)
{
    /// <summary>For people.</summary>
    public string Spec => Chunks ? "chunk" : Specs.IsEmpty ? "none" : string.Join(", ", Specs);
}
