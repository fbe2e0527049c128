using System.CommandLine;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>Options that train and tune share.</summary>
internal sealed class TrainingOptions
{
    private readonly Option<string> _out = new("--out") { HelpName = "DIR", Description = "Folder for the model, the checkpoint and the records.", Required = true };
    private readonly Option<int> _steps = new("--steps") { HelpName = "N", Description = "Steps of the optimiser.", DefaultValueFactory = _ => 1000 };
    private readonly Option<int> _batch = new("--batch") { HelpName = "N", Description = "Sequences that go through the model at once.", DefaultValueFactory = _ => 8 };
    private readonly Option<int> _accumulate = new("--accumulate") { HelpName = "N", Description = "Batches whose gradients make one step.", DefaultValueFactory = _ => 1 };
    private readonly Option<double> _rate;
    private readonly Option<int?> _warmUp = new("--warm-up") { HelpName = "STEPS", Description = "Steps until the highest rate is reached. Default: a twentieth of all." };
    private readonly Option<string> _schedule = new("--schedule") { HelpName = "NAME", Description = "How the rate falls afterwards: cosine, linear or constant.", DefaultValueFactory = _ => "cosine" };
    private readonly Option<double> _decay = new("--weight-decay") { HelpName = "X", Description = "Decoupled weight decay of matrices.", DefaultValueFactory = _ => 0.1 };
    private readonly Option<double> _clip = new("--clip") { HelpName = "X", Description = "Longest gradient; 0 for any.", DefaultValueFactory = _ => 1 };
    private readonly Option<bool> _shortMoments = new("--short-moments") { Description = "Keep the optimiser's moments in 16 bits." };
    private readonly Option<bool> _recompute = new("--recompute") { Description = "Compute each layer again on the way back: less memory, a third more time, the same numbers." };
    private readonly Option<bool> _apart = new("--documents-apart") { Description = "Documents that share a sequence do not see each other." };
    private readonly Option<double> _stories = new("--stories") { HelpName = "X", Description = "Share of generated stories in the text's characters.", DefaultValueFactory = _ => 0 };
    private readonly Option<double> _recall = new("--recall") { HelpName = "X", Description = "Share of the sequences that are recall tasks: pass keys, facts and lists, told and asked for.", DefaultValueFactory = _ => 0 };
    private readonly Option<int> _save = new("--save-every") { HelpName = "STEPS", Description = "Steps between checkpoints.", DefaultValueFactory = _ => 100 };
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on where the checkpoint in --out ends, to the same bits as if the run had never stopped." };
    private readonly Option<ulong> _seed = Options.Seed();
    private readonly Option<int?> _threads = Options.Threads();
    private readonly Option<bool> _json = Options.Json();

    public TrainingOptions(double defaultRate) =>
        _rate = new Option<double>("--learning-rate") { HelpName = "X", Description = "Highest learning rate.", DefaultValueFactory = _ => defaultRate };

    /// <summary>Files and folders of text.</summary>
    public Argument<string[]> Data { get; } = new("DATA") { Description = "Text files, and folders of .txt files; for tune of an embedder also .jsonl files of pairs.", Arity = ArgumentArity.OneOrMore };

    public string Out(ParseResult parsed) => parsed.GetValue(_out)!;

    public int? Threads(ParseResult parsed) => parsed.GetValue(_threads);

    public bool Resumes(ParseResult parsed) => parsed.GetValue(_resume);

    public bool Recomputes(ParseResult parsed) => parsed.GetValue(_recompute);

    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    public int SaveEvery(ParseResult parsed) => Options.AtLeast("--save-every", parsed.GetValue(_save), 1);

    public ulong Seed(ParseResult parsed) => parsed.GetValue(_seed);

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_out, _steps, _batch, _accumulate, _rate, _warmUp, _schedule, _decay, _clip, _shortMoments, _recompute, _apart, _stories, _recall, _save, _resume, _seed, _threads, _json])
        {
            command.Add(option);
        }
    }

    /// <summary>What was asked.</summary>
    /// <exception cref="UserInputException">A value is out of range.</exception>
    public TrainingSettings Settings(ParseResult parsed, int window)
    {
        var steps = Options.AtLeast("--steps", parsed.GetValue(_steps), 1);
        return new TrainingSettings
        {
            Steps = steps,
            Window = window,
            Batch = Options.AtLeast("--batch", parsed.GetValue(_batch), 1),
            Accumulation = Options.AtLeast("--accumulate", parsed.GetValue(_accumulate), 1),
            LearningRate = Above0("--learning-rate", parsed.GetValue(_rate)),
            WarmUpSteps = Options.AtLeast("--warm-up", parsed.GetValue(_warmUp) ?? (steps / 20), 0),
            Schedule = LearningRate.ShapeOf(parsed.GetValue(_schedule)!),
            Clip = AtLeast0("--clip", parsed.GetValue(_clip)),
            Optimizer = new AdamWSettings { WeightDecay = AtLeast0("--weight-decay", parsed.GetValue(_decay)), ShortMoments = parsed.GetValue(_shortMoments) },
            Seed = parsed.GetValue(_seed),
            StoryShare = Share("--stories", parsed.GetValue(_stories)),
            RecallShare = Share("--recall", parsed.GetValue(_recall)),
            DocumentsApart = parsed.GetValue(_apart),
        };
    }

    private static double Share(string option, double value) =>
        value is >= 0 and < 1 ? value : throw new UserInputException($"{option}: found {value}, expected 0 or more and less than 1");

    private static double Above0(string option, double value) =>
        value > 0 && double.IsFinite(value) ? value : throw new UserInputException($"{option}: found {value}, expected a number above 0");

    private static double AtLeast0(string option, double value) =>
        value >= 0 && double.IsFinite(value) ? value : throw new UserInputException($"{option}: found {value}, expected 0 or more");
}
