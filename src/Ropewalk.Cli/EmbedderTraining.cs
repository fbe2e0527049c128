using System.CommandLine;
using System.Text;
using System.Text.Json;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Contrastive;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>train --embedder: a new embedder from text.</summary>
internal sealed class EmbedderTraining
{
    private readonly ContrastiveOptions _contrastive = new();
    private readonly Option<string?> _kind = new("--embedder") { HelpName = "KIND", Description = "Train an embedder instead: absolute (a bert with learned positions) or rotary (a nomic_bert). Its pairs are two spans of one passage, and questions and broken lines with the text that hides the answer; both kinds see the same pairs." };

    public void AddTo(Command command)
    {
        command.Add(_kind);
        _contrastive.AddTo(command);
    }

    /// <summary>absolute, rotary, or null where a language model was asked for.</summary>
    public string? Kind(ParseResult parsed) => parsed.GetValue(_kind);

    /// <summary>Trains one.</summary>
    /// <exception cref="UserInputException">An option is out of range, or there is too little text.</exception>
    public int Run(TextWriter output, TextWriter error, ParseResult parsed, TrainingOptions shared, TrainingSettings settings, EmbedderShape shape, CancellationToken stop)
    {
        var share = _contrastive.RecallShare(parsed, settings);
        var contrastive = _contrastive.Settings(parsed, settings);
        var config = shape.ToJson();
        using var parsedConfig = JsonDocument.Parse(config.ToJsonString());
        using var model = TrainableModel.CreateEncoder(parsedConfig.RootElement, "--width");
        WeightStart.Fill(model, settings.Seed);
        foreach (var parameter in model.Parameters)
        {
            parameter.IsTrained = true;
        }

        var texts = TrainingTexts.All(parsed.GetValue(shared.Data)!, settings.StoryShare, settings.Seed);
        var trainer = new BytePairTrainer();
        foreach (var (_, text) in texts)
        {
            trainer.Add(text);
        }

        var json = trainer.Train(shape.Vocabulary);
        var tokenizer = Tokenizer.Parse(json, "tokenizer.json");
        var documents = TrainingTexts.Documents(texts, tokenizer);
        var pairs = new TextPairs(documents, new EmbedderTokens(tokenizer, Pooling.Mean, "tokenizer.json"), settings.Batch, shape.Window, share, settings.Seed);
        var embedder = new TrainableEmbedder(model, Pooling.Mean, normalizes: true);
        (string, byte[])[] others = [("tokenizer.json", Encoding.UTF8.GetBytes(json)), EmbedderOutput.NewTokenizerConfig(BytePairTrainer.EndOfText, shape.Window)];
        return ContrastiveCommand.Run(
            output, error, parsed, shared, model, settings, contrastive, embedder, pairs, $"new {config.ToJsonString()}", folder => EmbedderOutput.Write(model, config, others, Settings(shape), StoredType.F32, Path.Combine(folder, ModelOutput.ModelFolder)), () => PairRecall.Measure(embedder, pairs, shape.Window, contrastive.Chunk, stop), measuresBefore: false, stop);
    }

    private static EmbedderSettings Settings(EmbedderShape shape) =>
        new() { ModelPath = "", PoolingSource = "", Pooling = Pooling.Mean, Normalizes = true, MaxTokens = shape.Window };
}
