using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Export;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Training;

/// <summary>One tuning as a part of a longer job: a checkpoint trained on under a fixed encoding, and written as a checkpoint whose config says that
/// encoding. What was begun goes on where its training checkpoint ends; what is there already is not made again.</summary>
public sealed class ModelTuning
{
    private const long KeptActivationBytes = 2L << 30;

    /// <summary>Hugging Face folder whose weights are tuned.</summary>
    public required string Source { get; init; }

    /// <summary>Hugging Face folder whose config says the encoding as trained: the source's own before anything was scaled.</summary>
    public required string Original { get; init; }

    /// <summary>In force while tuning, and what the new config says.</summary>
    public required RopeScaling Scaling { get; init; }

    /// <summary>What the new config says where that is more than what is tuned under, e.g. a short list beside the long one; null for the same.</summary>
    public RopeScaling? Written { get; init; }

    /// <summary>The window that the new config says.</summary>
    public required int Length { get; init; }

    /// <summary>Steps, rates, sizes.</summary>
    public required TrainingSettings Settings { get; init; }

    /// <summary>Adapters instead of all weights; null for all.</summary>
    public AdapterSettings? Adapters { get; init; }

    /// <summary>The texts.</summary>
    public required IReadOnlyList<TokenDocument> Documents { get; init; }

    /// <summary>Put between documents; null for nothing.</summary>
    public int? EndToken { get; init; }

    /// <summary>Steps between checkpoints.</summary>
    public int SaveEvery { get; init; } = 50;

    /// <summary>A tuning of a job, for a window.</summary>
    /// <param name="options">What is asked.</param>
    /// <param name="model">The model before all tuning.</param>
    /// <param name="texts">Texts.</param>
    /// <param name="length">The window.</param>
    /// <param name="tokens">Tokens.</param>
    /// <param name="scaling">The encoding.</param>
    /// <param name="source">Folder of the weights; null for the job's model.</param>
    internal static ModelTuning Of(TuningJobOptions options, JobModel model, JobTexts texts, int length, long tokens, RopeScaling scaling, string? source = null) => new()
    {
        Source = source ?? options.Model,
        Original = options.Model,
        Scaling = scaling,
        Length = length,
        Settings = options.Tuning.At(length, tokens, options.Seed),
        Adapters = options.Tuning.Adapters,
        Documents = texts.Tuning,
        EndToken = EndTokenOf(model.Tokenizer, model.Model.Shape.VocabularySize),
    };

    /// <summary>The model's folder inside a tuning's folder.</summary>
    public static string ModelOf(string folder) => Path.Combine(folder, ModelOutput.ModelFolder);

    /// <summary>Refuses what cannot be tuned here, before anything takes time.</summary>
    /// <exception cref="UnsupportedCheckpointException">It is a GGUF file.</exception>
    public static void RequireFolder(string model)
    {
        if (File.Exists(model))
        {
            throw new UnsupportedCheckpointException(model, "format", "tuning a GGUF file", "a Hugging Face folder (ropewalk convert makes one)");
        }
    }

    /// <summary>Whether a tuning's folder holds its finished model.</summary>
    public static bool IsDone(string folder) => File.Exists(Path.Combine(ModelOf(folder), CheckpointFolder.ConfigName));

    /// <summary>The token between documents.</summary>
    public static int? EndTokenOf(Tokenizer tokenizer, int vocabularySize) => tokenizer.EosToken is { } token && token < vocabularySize ? token : null;

    /// <summary>Tunes, or finds that it was done.</summary>
    /// <param name="folder">Holds the training checkpoint meanwhile and the model at last.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="stop">Ends it after the step at work, with a checkpoint.</param>
    /// <returns>The model's folder.</returns>
    /// <exception cref="TrainingDivergedException">The loss ran away.</exception>
    /// <exception cref="StorageException">The disk is full; the last training checkpoint is kept.</exception>
    public string Run(string folder, IJobReporter reporter, CancellationToken stop)
    {
        try
        {
            Directory.CreateDirectory(folder);
            OutputFolder.RemoveTemporary(folder);
        }
        catch (Exception e) when (StorageException.IsStorageFailure(e))
        {
            throw StorageException.From(folder, e, "what was recorded so far is kept");
        }

        if (!IsDone(folder))
        {
            Tune(folder, reporter, stop);
        }

        // Several times as large as the model, and of no use once that is there.
        File.Delete(Path.Combine(folder, TrainingCheckpoint.Name));
        return ModelOf(folder);
    }

    /// <summary>The config of the tuned model.</summary>
    /// <exception cref="UserInputException">No config can say the encoding.</exception>
    public JsonObject Config()
    {
        using var original = ModelLoader.Open(Original);
        var config = JsonObject.Create(original.Config)!;
        if (Scaling is not NoScaling)
        {
            // A stage of a job's own: what is exported in the end is checked there.
            RopeConfigWriter.Write(config, Written ?? Scaling, Length, RopeConfigWriter.StyleFor(config), forTransformers: false);
        }

        return config;
    }

    private void Tune(string folder, IJobReporter reporter, CancellationToken stop)
    {
        RequireFolder(Source);
        CheckpointExporter.RequireReadable(Source);
        using var weights = ModelLoader.Open(Source);

        // What it cannot say is refused before the first step.
        var config = Config();

        // Under the config as trained, so that sequences of the original window have the encoding as trained.
        using var original = ModelLoader.Open(Original);
        using var checkpoint = new ReconfiguredCheckpoint(weights, JsonObject.Create(original.Config)!);
        using var model = TrainableModel.Load(checkpoint);
        var shape = model.Shape;
        var layerNumbers = (8L * shape.HiddenWidth) + (3L * shape.FeedForwardWidth);
        model.Recomputes = Settings.Batch * (long)Settings.Window * shape.NumLayers * layerNumbers * sizeof(float) > KeptActivationBytes;
        TunedWeights.Choose(model, Adapters, Settings.Seed);
        using var positions = new TrainedPositions(model.Rope.Geometry, Scaling.At(Length), isTrained: false);
        var texts = new StretchSource(Documents, EndToken, SequenceMaker.StretchOf(Settings), Settings.Seed);
        var inputs = $"model {ModelFingerprint.Of(Source)} under {Scaling.At(Length).Fingerprint}, {TunedWeights.Identity(Adapters)}\ntexts {TrainingRun.Hash(Documents)}";
        using var run = new TrainingRun(model, Settings, texts, positions, folder, inputs) { SaveEvery = SaveEvery };
        if (TrainingRun.Exists(folder))
        {
            run.Resume();
        }

        run.Run(reporter, stop);
        ModelOutput.Write(model, config, ModelOutput.OtherFiles(weights), TunedWeights.TypeOf(weights), ModelOf(folder));
    }
}
