using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Training;
using Ropewalk.Positions.Scaling;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;
using Ropewalk.Tests.Training;

namespace Ropewalk.Tests.Lab.Training;

/// <summary>Whole runs of small models on a text with a rule that can be learnt.</summary>
public sealed class TrainingRunTests : IDisposable
{
    private static readonly TrainingSettings s_settings = new() { Steps = 30, Window = 48, Batch = 2, Accumulation = 2, LearningRate = 5e-3, WarmUpSteps = 3, Seed = 5 };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_model_learns()
    {
        using var run = new Small(s_settings, _folder.Root);
        run.Run.Run(new Silence(), CancellationToken.None);
        Assert.Equal(30, run.Run.Losses.Count);
        // Logits of variance 1: half a nat above the guess that all tokens are equally likely.
        Numbers.Close(Math.Log(run.Model.Shape.VocabularySize) + 0.5, run.Run.Losses[0], 0.1, "the first loss");
        Assert.True(run.Run.Losses[^1] < 0.75 * run.Run.Losses[0], $"{run.Run.Losses[0]} to {run.Run.Losses[^1]}");
    }

    [Theory]
    [InlineData(false, 0, 0)]
    [InlineData(true, 0, 0.3)]
    [InlineData(false, 200, 0.3)]
    public void A_run_that_was_stopped_goes_on_to_the_same_bits(bool shortMoments, int skipsTo, double originalShare)
    {
        var settings = s_settings with { Steps = 12, Optimizer = new AdamWSettings { ShortMoments = shortMoments }, SkipsTo = skipsTo, OriginalShare = originalShare, DocumentsApart = shortMoments };
        var (whole, parts) = (Directory.CreateDirectory(_folder.PathOf("whole")).FullName, Directory.CreateDirectory(_folder.PathOf("parts")).FullName);
        using var first = new Small(settings, whole, trainsPositions: skipsTo > 0);
        first.Run.Run(new Silence(), CancellationToken.None);

        var step = 0;
        while (step < settings.Steps)
        {
            using var part = new Small(settings, parts, trainsPositions: skipsTo > 0);
            if (step > 0)
            {
                part.Run.Resume();
                Assert.Equal(step, part.Run.Losses.Count);
            }

            // Stopped after two steps, then after five.
            using var stop = new CancellationTokenSource();
            var end = step + (step == 0 ? 2 : 5);
            var reporter = new Silence(() => part.Run.Losses.Count >= end, stop);
            try
            {
                part.Run.Run(reporter, stop.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Equal(end, part.Run.Losses.Count);
            }

            step = part.Run.Losses.Count;
            if (step == settings.Steps)
            {
                Assert.Equal(first.Run.Losses, part.Run.Losses);
                Assert.Equal(first.Run.Norms, part.Run.Norms);
                Assert.Equal(first.Positions.Frequencies, part.Positions.Frequencies);
                foreach (var (a, b) in first.Model.Parameters.Zip(part.Model.Parameters))
                {
                    Numbers.Same(ModelGradientTests.Values(a), ModelGradientTests.Values(b), a.Name);
                }
            }
        }

        Assert.True(File.ReadAllBytes(Path.Combine(whole, "training.safetensors")).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(parts, "training.safetensors"))));
    }

    [Fact]
    public void A_checkpoint_of_another_run_or_model_is_refused()
    {
        using (var run = new Small(s_settings with { Steps = 2 }, _folder.Root))
        {
            run.Run.Run(new Silence(), CancellationToken.None);
        }

        using var other = new Small(s_settings with { Steps = 2, LearningRate = 4e-3 }, _folder.Root);
        var e = Assert.Throws<CheckpointFormatException>(other.Run.Resume);
        Assert.Contains("\"learning_rate\": 0.005", e.Message, StringComparison.Ordinal);
        Assert.Contains("\"learning_rate\": 0.004", e.Message, StringComparison.Ordinal);

        using var wider = new Small(s_settings with { Steps = 2 }, _folder.Root, width: 48);
        Assert.Contains("[50, 48]", Assert.Throws<CheckpointFormatException>(wider.Run.Resume).Message, StringComparison.Ordinal);

        var path = Path.Combine(_folder.Root, "training.safetensors");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^40]);
        using var same = new Small(s_settings with { Steps = 2 }, _folder.Root);
        Assert.Throws<CheckpointFormatException>(same.Run.Resume);
    }

    [Fact]
    public void A_loss_that_runs_away_stops_the_run_and_keeps_the_last_good_checkpoint()
    {
        using var run = new Small(s_settings with { Steps = 400, LearningRate = 30, Clip = 0, WarmUpSteps = 200 }, _folder.Root, saveEvery: 1);
        var e = Assert.Throws<TrainingDivergedException>(() => run.Run.Run(new Silence(), CancellationToken.None));
        Assert.Matches("^--learning-rate: found 30, under which the loss ran away at step [0-9]+ \\(.*\\), expected a lower one; the checkpoint of step [0-9]+ is kept$", e.Message);
        using var again = new Small(s_settings with { Steps = 400, LearningRate = 30, Clip = 0, WarmUpSteps = 200 }, _folder.Root);
        again.Run.Resume();
        Assert.All(again.Run.Losses, loss => Assert.True(double.IsFinite(loss)));
        Assert.Contains($"step {again.Run.Losses.Count} is kept", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Positions_alone_can_be_trained()
    {
        using var run = new Small(s_settings with { Steps = 25 }, _folder.Root);
        run.Run.Run(new Silence(), CancellationToken.None);
        var before = run.Model.Parameters.Select(ModelGradientTests.Values).ToArray();
        foreach (var parameter in run.Model.Parameters)
        {
            parameter.IsTrained = false;
        }

        // From an encoding that the model was not trained with, back towards one that serves it.
        using var positions = new TrainedPositions(run.Model.Rope.Geometry, new LinearScaling(run.Model.Rope.Geometry, 8).At(48), isTrained: true);
        var folder = Directory.CreateDirectory(_folder.PathOf("positions")).FullName;
        using var tuning = new TrainingRun(run.Model, s_settings with { Steps = 40, LearningRate = 5e-2 }, Small.Texts(s_settings), positions, folder, "small");
        tuning.Run(new Silence(), CancellationToken.None);
        Assert.True(tuning.Losses.TakeLast(5).Average() < tuning.Losses[0], $"{tuning.Losses[0]} to {tuning.Losses[^1]}");
        Assert.All(run.Model.Parameters.Zip(before), pair => Numbers.Same(pair.Second, ModelGradientTests.Values(pair.First), pair.First.Name));
        Assert.NotEqual(8, positions.Scaling(48).Entries[0].RescaleFactors[0]);
    }

    /// <summary>A small model, its texts and a run.</summary>
    private sealed class Small : IDisposable
    {
        public Small(TrainingSettings settings, string folder, int width = 32, int saveEvery = 100, bool trainsPositions = false)
        {
            var config = new ModelConfig { Width = width, Layers = 2, Heads = 2, KeyValueHeads = 1, FeedForward = 40, Vocabulary = 50, Window = 48, EndToken = 49, RopeBase = 100 };
            using var json = JsonDocument.Parse(config.ToJson().ToJsonString());
            Model = TrainableModel.Create(json.RootElement, "config.json");
            WeightStart.Fill(Model, 1);
            ModelGradientTests.TrainAll(Model);
            Positions = new TrainedPositions(Model.Rope.Geometry, Model.Rope.Scaling.At(48), trainsPositions);
            Run = new TrainingRun(Model, settings, Texts(settings), Positions, folder, "small") { SaveEvery = saveEvery };
        }

        public TrainableModel Model { get; }

        public TrainedPositions Positions { get; }

        public TrainingRun Run { get; }

        public static StretchSource Texts(TrainingSettings settings)
        {
            // Each token says which the next one is, in three ways that take turns.
            var documents = Enumerable.Range(1, 6).Select(d =>
            {
                var tokens = new int[500 + (37 * d)];
                for (var i = 1; i < tokens.Length; i++)
                {
                    tokens[i] = ((tokens[i - 1] * 3) + (i % 3) + d) % 49;
                }

                return new TokenDocument($"{d}", tokens);
            });
            return new StretchSource([.. documents], 49, SequenceMaker.StretchOf(settings), settings.Seed);
        }

        public void Dispose()
        {
            Run.Dispose();
            Positions.Dispose();
            Model.Dispose();
        }
    }

    /// <summary>Hears and says nothing; stops the run where that is asked.</summary>
    private sealed class Silence(Func<bool>? isEnough = null, CancellationTokenSource? stop = null) : IJobReporter
    {
        public void Line(string text)
        {
        }

        public void Live(JobProgress progress)
        {
            if (isEnough?.Invoke() == true)
            {
                stop!.Cancel();
            }
        }
    }
}
