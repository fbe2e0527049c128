using System.CommandLine;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Contrastive;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>The pairs that an embedder is tuned on: those of .jsonl files, or such as are cut from text.</summary>
internal sealed class TuningPairs
{
    private readonly Option<int?> _window = new("--pair-window") { HelpName = "TOKENS", Description = "Embedders, pairs from text: tokens of the longest span and document that are made. Default: the model's own window." };
    private readonly Option<string> _queryPrefix = new("--query-prefix") { HelpName = "TEXT", Description = "Embedders: put before every query, e.g. \"query: \".", DefaultValueFactory = _ => "" };
    private readonly Option<string> _documentPrefix = new("--passage-prefix") { HelpName = "TEXT", Description = "Embedders: put before every document, e.g. \"passage: \".", DefaultValueFactory = _ => "" };
    private readonly Option<bool> _truncate = new("--truncate") { Description = "Embedders: cut the ends off texts that are longer than --window. Default: such a text is an error." };

    /// <summary>The options.</summary>
    public IEnumerable<Option> All => [_window, _queryPrefix, _documentPrefix, _truncate];

    /// <summary>What is put before queries.</summary>
    public string QueryPrefix(ParseResult parsed) => parsed.GetValue(_queryPrefix)!;

    /// <summary>What is put before documents.</summary>
    public string DocumentPrefix(ParseResult parsed) => parsed.GetValue(_documentPrefix)!;

    /// <summary>Tokens of the longest text.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="request">Options of tuning.</param>
    /// <param name="isText">Whether pairs are cut from text.</param>
    /// <param name="trained">Tokens that the model was trained for.</param>
    /// <param name="length">Positions that there are to be.</param>
    /// <param name="isRecallGiven">Whether --recall-pairs was given.</param>
    /// <exception cref="UserInputException">An option is of the other kind of data, or there are fewer positions.</exception>
    public int Longest(ParseResult parsed, TuningRequest request, bool isText, int trained, int length, bool isRecallGiven)
    {
        if (isText ? request.Window is not null || parsed.GetValue(_truncate) : parsed.GetValue(_window) is not null || isRecallGiven)
        {
            throw new UserInputException(isText
                ? $"{(request.Window is null ? "--truncate" : "--window")}: found it with texts, expected --pair-window: pairs are cut from text to that length"
                : $"{(isRecallGiven ? "--recall-pairs" : "--pair-window")}: found it with pairs (.jsonl), expected texts, from which pairs are made");
        }

        var (option, value) = isText
            ? ("--pair-window", parsed.GetValue(_window) ?? trained)
            : ("--window", request.Window ?? (request.Skips || request.To is null ? trained : length));
        return Options.AtLeast(option, value, 2) <= length ? value : throw new UserInputException($"{option}: found {value}, expected at most the {length} positions that there are to be");
    }

    /// <summary>Reads them.</summary>
    /// <param name="error">Hears how many texts were cut.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="data">Files and folders.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="embedded">The same with the embedder's special tokens.</param>
    /// <param name="training">The run; its window is the longest text.</param>
    /// <param name="recallShare">Share of pairs from text that are questions; null where DATA are pairs.</param>
    /// <exception cref="UserInputException">A text is too long, or there are too few.</exception>
    public IPairSource Read(TextWriter error, ParseResult parsed, string[] data, Tokenizer tokenizer, EmbedderTokens embedded, TrainingSettings training, double? recallShare)
    {
        if (recallShare is { } share)
        {
            var documents = TrainingTexts.Documents(TrainingTexts.All(data, training.StoryShare, training.Seed), tokenizer);
            return new TextPairs(documents, embedded, training.Batch, training.Window, share, training.Seed, new PairPrompts(QueryPrefix(parsed), DocumentPrefix(parsed)), _window.Name);
        }

        var tokens = new PairTokens(embedded, training.Window, parsed.GetValue(_truncate));
        var pairs = new JsonlPairs(data, tokens, QueryPrefix(parsed), DocumentPrefix(parsed), training.Batch, training.Seed);
        if (tokens.NumCut > 0)
        {
            error.WriteLine($"{tokens.NumCut} texts were cut to {training.Window} tokens");
        }

        return pairs;
    }
}
