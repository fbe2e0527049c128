using System.CommandLine;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>How a job tunes: options of the studies and of progressive extension.</summary>
internal sealed class TuningChoiceOptions
{
    private readonly Option<double> _rate = new("--learning-rate") { HelpName = "X", Description = "Highest learning rate of a tuning. The default suits models of a few million parameters; large ones want 2e-5.", DefaultValueFactory = _ => new TuningChoices().LearningRate };
    private readonly Option<string> _schedule = new("--schedule") { HelpName = "NAME", Description = "How the rate falls: cosine, linear or constant.", DefaultValueFactory = _ => "cosine" };
    private readonly Option<int> _step = new("--tokens-of-step") { HelpName = "TOKENS", Description = "Tokens of an optimiser's step: as many whole sequences as fit, at least one.", DefaultValueFactory = _ => new TuningChoices().TokensOfStep };
    private readonly Option<double> _share = new("--original-share") { HelpName = "X", Description = "Share of the sequences, 0 to 1, that have the original window and encoding (LongRoPE2's mixed windows).", DefaultValueFactory = _ => 0 };
    private readonly Option<int?> _rank = new("--lora") { HelpName = "RANK", Description = "Train adapters of this rank on the attention's products instead of all weights." };

    public IReadOnlyList<Option> All => [_rate, _schedule, _step, _share, _rank];

    /// <summary>What was asked.</summary>
    /// <exception cref="UserInputException">A value is out of range.</exception>
    public TuningChoices Choices(ParseResult parsed) => new TuningChoices
    {
        LearningRate = parsed.GetValue(_rate),
        Schedule = LearningRate.ShapeOf(parsed.GetValue(_schedule)!),
        TokensOfStep = parsed.GetValue(_step),
        OriginalShare = parsed.GetValue(_share),
        AdapterRank = parsed.GetValue(_rank),
    }.Checked();
}
