using System.Text.Json;
using Ropewalk.Engine.Embedding;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Contrastive;

/// <summary>Pairs for an embedder that learns from text alone: spans of one neighbourhood, and questions with the documents that hold the answer. A function of
/// texts, seed and step, so that two models see the same pairs in the same order.</summary>
public sealed class TextPairs : IPairSource
{
    private const ulong Training = 0x73706E73, HeldOut = 0x68656C64;
    private readonly SpanPairs _spans;
    private readonly RecallPairs _recall;
    private readonly EmbedderTokens _tokens;
    private readonly int[] _beforeQuery;
    private readonly int[] _beforeDocument;
    private readonly CounterRandom _random;
    private readonly int _batch;
    private readonly int _longest;
    private readonly int _recallOfBatch;

    /// <summary>Prepares texts.</summary>
    /// <param name="documents">Tokens without special ones.</param>
    /// <param name="tokens">Makes tokens of facts.</param>
    /// <param name="batch">Pairs of a step.</param>
    /// <param name="window">Tokens of the longest text.</param>
    /// <param name="recallShare">Share of the pairs that are questions.</param>
    /// <param name="seed">Of everything random.</param>
    /// <param name="prompts">Put before queries and documents; their tokens stand before those of the text. Null for nothing.</param>
    /// <param name="windowOption">The option that says the window, for errors.</param>
    /// <exception cref="UserInputException">There is too little text, or no room for it in the window.</exception>
    public TextPairs(IReadOnlyList<TokenDocument> documents, EmbedderTokens tokens, int batch, int window, double recallShare, ulong seed, PairPrompts? prompts = null, string windowOption = "--window")
    {
        if (window is < ShortestWindow or > LongestWindow)
        {
            throw new UserInputException($"{windowOption}: found {window}, expected {ShortestWindow} to {LongestWindow} where pairs are cut from text");
        }

        prompts ??= PairPrompts.None;
        (_beforeQuery, _beforeDocument) = (tokens.PromptBody(prompts.Query), tokens.PromptBody(prompts.Document));
        var around = tokens.NumSpecial + Math.Max(_beforeQuery.Length, _beforeDocument.Length);

        // The shortest text that is measured has a quarter of the window.
        if ((window / 4) - around < ShortestText)
        {
            throw new UserInputException($"{windowOption}: found {window}, expected at least {4 * (around + ShortestText)}: special tokens and prefixes take {around} of every text");
        }

        _spans = new SpanPairs(documents, 2 * window);
        if (_spans.Count < batch)
        {
            throw new UserInputException($"--batch: found {batch}, expected at most {_spans.Count}, the passages of {2 * window} tokens that the texts have");
        }

        (_tokens, _batch, _longest) = (tokens, batch, window - around);
        _random = new CounterRandom(seed);
        _recall = new RecallPairs(tokens, _spans, RecallPairs.Stories(tokens, window, seed), window, around, prompts.Query);
        _recallOfBatch = (int)Math.Round(batch * recallShare);
        var prefixes = prompts == PairPrompts.None ? "" : $", prefixes {JsonSerializer.Serialize((string[])[prompts.Query, prompts.Document])}";
        Identity = $"texts {TrainingRun.Hash(documents)}, recall share {recallShare} of facts and lines{prefixes}";
    }

    /// <summary>Pairs of one kind in a row that hide their lines in one text.</summary>
    public const int OfOneText = 4;

    /// <summary>The shortest window: facts and spans need some room.</summary>
    public const int ShortestWindow = 64;

    /// <summary>The longest window: a passage has twice as many tokens, and few texts have enough passages of more.</summary>
    public const int LongestWindow = 32_768;

    private const int ShortestText = 8;

    /// <inheritdoc />
    public string Identity { get; }

    /// <inheritdoc />
    public IReadOnlyList<TrainingPair> Batch(long number)
    {
        var random = _random.Fork(Training).Fork((ulong)number);
        var spans = _spans.Draw(random.Fork(0), _batch - _recallOfBatch, _longest).Select(Framed);
        return [.. spans, .. Enumerable.Range(0, _recallOfBatch).Select(i => Framed(_recall.Draw(random.Fork((ulong)i + 1), Surroundings(random, i))))];
    }

    /// <summary>Held-out pairs whose documents have about so many tokens: of passages that are never trained on, and of facts that are not.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="queryLength">Tokens of a span that looks for another.</param>
    /// <param name="length">Tokens of a document.</param>
    public IReadOnlyList<TrainingPair> HeldOutPairs(PairKind kind, int count, int queryLength, int length)
    {
        var random = _random.Fork(HeldOut).Fork((ulong)length).Fork((ulong)kind);
        var body = length - _tokens.NumSpecial - _beforeDocument.Length;
        if (kind == PairKind.Spans)
        {
            var spans = Math.Min(count, _spans.HeldOutCount);
            return [.. Enumerable.Range(0, spans).Select(i => Framed(_spans.HeldOut((int)((long)i * _spans.HeldOutCount / spans), random.Fork((ulong)i), queryLength, body)))];
        }

        return [.. Enumerable.Range(0, count).Select(i => Framed(_recall.Make(kind, random.Fork((ulong)i), Surroundings(random, i), length, isHeldOut: true)))];
    }

    /// <summary>The same for as many pairs as hide their lines in one text.</summary>
    private static CounterRandom Surroundings(CounterRandom random, int pair) => random.Fork((1UL << 32) + (ulong)(pair / OfOneText));

    private TrainingPair Framed(TrainingPair pair) => new(
        _tokens.Frame([.. _beforeQuery, .. pair.Query]), Document(pair.Positive), [.. pair.Negatives.Select(Document)]);

    private int[] Document(int[] body) => _tokens.Frame([.. _beforeDocument, .. body]);
}
