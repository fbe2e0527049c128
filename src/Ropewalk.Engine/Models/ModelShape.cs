namespace Ropewalk.Engine.Models;

/// <summary>The sizes of a decoder.</summary>
/// <param name="NumLayers">Layers.</param>
/// <param name="HiddenWidth">D.</param>
/// <param name="NumHeads">H, query heads.</param>
/// <param name="NumKeyValueHeads">G, a divisor of H.</param>
/// <param name="HeadWidth">K.</param>
/// <param name="FeedForwardWidth">F.</param>
/// <param name="VocabularySize">V.</param>
public sealed record ModelShape(
    int NumLayers, int HiddenWidth, int NumHeads, int NumKeyValueHeads, int HeadWidth, int FeedForwardWidth, int VocabularySize);
