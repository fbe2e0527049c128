using System.CommandLine;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Contrastive;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>tune of an embedder, on pairs or on such as are cut from text.</summary>
internal sealed class ContrastiveTuning
{
    private readonly ContrastiveOptions _contrastive = new();
    private readonly Option<string?> _pooling = EmbedderChoices.PoolingOption();
    private readonly TuningPairs _pairs = new();
    private readonly Option<string> _table = new("--table") { HelpName = "KIND", Description = "Embedders with learned positions, with --to: new rows begin as recurrent (copies of the trained ones, over and over; short texts stay as they are) or interpolated (between trained rows).", DefaultValueFactory = _ => LongerTable.Recurrent };
    private readonly Option<bool> _freeze = new("--freeze-original-rows") { Description = "Embedders with learned positions, with --to: the trained rows of the table stay as they are." };

    public void AddTo(Command command)
    {
        _contrastive.AddTo(command);
        foreach (var option in (Option[])[_pooling, .. _pairs.All, _table, _freeze])
        {
            command.Add(option);
        }
    }

    /// <summary>Whether an embedder is tuned: data are pairs, or the model is an encoder.</summary>
    /// <exception cref="UserInputException">Data are pairs and texts.</exception>
    public static bool IsAsked(string model, string[] data)
    {
        if (Array.TrueForAll(data, JsonlPairs.IsKnown))
        {
            return true;
        }

        if (Array.Exists(data, JsonlPairs.IsKnown))
        {
            throw new UserInputException("DATA: found pairs (.jsonl) and texts, expected one of the two");
        }

        using var checkpoint = Directory.Exists(model) ? ModelLoader.Open(EmbedderSettingsReader.Read(model).ModelPath) : null;
        return checkpoint is not null && ModelLoader.IsEncoder(checkpoint);
    }

    /// <summary>Tunes one.</summary>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="shared">Options of training.</param>
    /// <param name="request">Options of tuning.</param>
    /// <param name="stop">Ends the run.</param>
    public int Run(TextWriter output, TextWriter error, ParseResult parsed, TrainingOptions shared, TuningRequest request, CancellationToken stop)
    {
        var settings = EmbedderSettingsReader.Read(request.Model);
        using var checkpoint = ModelLoader.Open(settings.ModelPath);
        if (checkpoint is not CheckpointFolder)
        {
            throw new UnsupportedCheckpointException(request.Model, "format", "tuning a GGUF file", "a Hugging Face folder (ropewalk convert makes one)");
        }

        var config = JsonObject.Create(checkpoint.Config)!;
        var model = TrainableModel.LoadEmbedder(checkpoint);
        try
        {
            var pooling = settings.PoolingOf(EmbedderChoices.PoolingOf(parsed.GetValue(_pooling)), !model.IsEncoder);
            if (pooling == Pooling.Max)
            {
                throw new UnsupportedCheckpointException(settings.PoolingSource, "pooling", "max", "mean, cls, last or weighted mean");
            }

            var window = model.PositionTable is { } table ? table.Rows - model.FirstPositionRow : model.Rope.MaximumContext;
            var trained = Math.Min(window, settings.MaxTokens ?? window);
            var length = Options.AtLeast("--to", request.To ?? window, 2);
            var data = parsed.GetValue(shared.Data)!;
            var isText = !Array.TrueForAll(data, JsonlPairs.IsKnown);
            var training = shared.Settings(parsed, _pairs.Longest(parsed, request, isText, trained, length, _contrastive.IsRecallGiven(parsed)));
            double? recallShare = isText ? _contrastive.RecallShare(parsed, training) : null;
            var scaling = Lengthen(parsed, request, checkpoint, config, length, ref model);
            Choose(request, model, training);
            var contrastive = _contrastive.Settings(parsed, training) with { SkipsTo = request.Skips ? length : 0 };
            var tokenizer = Tokenizer.Load(settings.ModelPath);
            if (tokenizer.VocabularySize > model.Shape.VocabularySize)
            {
                throw new CheckpointFormatException(settings.ModelPath, "tokenizer", $"{tokenizer.VocabularySize} tokens", $"at most the model's {model.Shape.VocabularySize}");
            }

            var embedded = new EmbedderTokens(tokenizer, pooling, settings.ModelPath);
            if (!settings.IncludesPrompt)
            {
                contrastive = contrastive with { SkippedOfQuery = embedded.RowsOf(_pairs.QueryPrefix(parsed)), SkippedOfDocument = embedded.RowsOf(_pairs.DocumentPrefix(parsed)) };
            }

            var pairs = _pairs.Read(error, parsed, data, tokenizer, embedded, training, recallShare);

            // Cosines are what the loss compares, whether or not the folder divides by the length.
            var embedder = new TrainableEmbedder(model, pooling, normalizes: true) { Scaling = scaling };
            var made = settings with { Pooling = pooling, MaxTokens = request.To is null ? trained : length };
            var type = TunedWeights.TypeOf(checkpoint);
            var identity = $"{checkpoint.Name} {ModelFingerprint.Of(settings.ModelPath)}, {pooling}, {config.ToJsonString()}, {request.Only ?? TunedWeights.Identity(request.Adapters)}, frozen rows {model.PositionTable?.FrozenRows?.Count(f => f) ?? 0}, table {parsed.GetValue(_table)}";
            IReadOnlyList<PairRecall> Measure() => pairs is TextPairs texts
                ? PairRecall.Measure(embedder, texts, training.Window, contrastive.Chunk, stop, (contrastive.SkippedOfQuery, contrastive.SkippedOfDocument))
                : [];
            return ContrastiveCommand.Run(output, error, parsed, shared, model, training, contrastive, embedder, pairs, identity, target => Export(model, config, made, embedded, type, request, target), Measure, isText, stop);
        }
        finally
        {
            model.Dispose();
        }
    }

    private static void Export(TrainableModel model, JsonObject config, EmbedderSettings settings, EmbedderTokens tokens, StoredType type, TuningRequest request, string target)
    {
        EmbedderOutput.Write(model, config, EmbedderOutput.OtherFiles(settings.ModelPath, config, settings.MaxTokens!.Value, tokens), settings, type, Path.Combine(target, ModelOutput.ModelFolder));
        if (request.Adapters is not null)
        {
            ModelOutput.WriteAdapter(model, request.Adapters, settings.ModelPath, Path.Combine(target, ModelOutput.AdapterFolder));
        }
    }

    /// <summary>Gives the model its longer window, and its config the words for it.</summary>
    /// <returns>Angles of rotary positions; null for the config's own.</returns>
    private RopeScaling? Lengthen(ParseResult parsed, TuningRequest request, Checkpoint checkpoint, JsonObject config, int length, ref TrainableModel model)
    {
        if (model.PositionTable is null)
        {
            if (parsed.GetValue(_freeze))
            {
                throw new UserInputException("--freeze-original-rows: found a model with rotary positions, expected one with a table of learned positions");
            }

            var scaling = request.Scaling is { } spec ? Scalings.Choose(spec, model.Rope) : null;
            if (scaling is not null || request.To is not null)
            {
                LongerRotary.Write(config, checkpoint.ConfigPath, scaling, length);
            }

            return scaling;
        }

        if (request.Scaling is not null)
        {
            throw new UserInputException($"--scaling: found {request.Scaling} for a model with learned positions, expected --table");
        }

        if (request.To is null)
        {
            return parsed.GetValue(_freeze) ? throw new UserInputException("--freeze-original-rows: found it without --to, expected a longer table") : null;
        }

        model = LongerTable.Extend(model, config, length, parsed.GetValue(_table)!, out var isTrained);
        if (parsed.GetValue(_freeze))
        {
            model.PositionTable!.FrozenRows = isTrained;
        }

        return null;
    }

    /// <summary>What moves: everything, the table alone, or adapters and whatever rows of the table are new.</summary>
    private static void Choose(TuningRequest request, TrainableModel model, TrainingSettings training)
    {
        if (request.Only is not (null or "positions" or "full"))
        {
            throw new UserInputException($"--only: found \"{request.Only}\", expected positions or full");
        }

        var onlyPositions = request.Only == "positions";
        if (onlyPositions && model.PositionTable is null)
        {
            throw new UserInputException("--only: found positions for an embedder with rotary positions, expected full or --lora: its config could not say what was learnt");
        }

        if (onlyPositions && request.Adapters is not null)
        {
            throw new UserInputException("--lora: found it with --only positions, expected one of them");
        }

        if (!onlyPositions)
        {
            TunedWeights.Choose(model, request.Adapters, training.Seed);
        }

        if (model.PositionTable is { } table && (onlyPositions || request.To is not null))
        {
            table.IsTrained = true;
        }
    }
}
