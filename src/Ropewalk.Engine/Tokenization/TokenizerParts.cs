namespace Ropewalk.Engine.Tokenization;

/// <summary>What a tokenizer is put together from.</summary>
internal sealed record TokenizerParts
{
    public required TokenModel Model { get; init; }

    public required List<AddedToken> AddedTokens { get; init; }

    public required Normalizer? Normalizer { get; init; }

    public required PreTokenizer? PreTokenizer { get; init; }

    public required SpecialFrame Frame { get; init; }

    public required TokenDecoder? Decoder { get; init; }

    public required int? BosToken { get; init; }

    public required int? EosToken { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }
}
