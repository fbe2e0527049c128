using System.CommandLine;
using Ropewalk.Lab.Contrastive;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>Options of contrastive training that train and tune share.</summary>
internal sealed class ContrastiveOptions
{
    private readonly Option<int> _chunk = new("--chunk") { HelpName = "TEXTS", Description = "Embedders: texts that go through the model at once. A batch of more has its gradients cached: less memory, a third more time, the same gradients.", DefaultValueFactory = _ => 64 };
    private readonly Option<double> _temperature = new("--temperature") { HelpName = "X", Description = "Embedders: divides the cosines in the contrastive loss.", DefaultValueFactory = _ => 0.01 };
    private readonly Option<bool> _symmetric = new("--symmetric") { Description = "Embedders: documents look for their queries as well." };
    private readonly Option<double> _recall = new("--recall-pairs") { HelpName = "X", Description = "Embedders, pairs from text: share of them that are questions with the text that holds the answer.", DefaultValueFactory = _ => 0.5 };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_chunk, _temperature, _symmetric, _recall])
        {
            command.Add(option);
        }
    }

    /// <summary>Whether --recall-pairs was given.</summary>
    public bool IsRecallGiven(ParseResult parsed) => parsed.GetResult(_recall) is { Implicit: false };

    /// <summary>Share of the pairs that are questions.</summary>
    /// <exception cref="UserInputException">It is none, or there is --recall, which is for language models.</exception>
    public double RecallShare(ParseResult parsed, TrainingSettings training) =>
        training.RecallShare > 0 ? throw new UserInputException("--recall: found it for an embedder, expected --recall-pairs")
        : parsed.GetValue(_recall) is >= 0 and <= 1 and var share ? share
        : throw new UserInputException($"--recall-pairs: found {parsed.GetValue(_recall)}, expected 0 to 1");

    /// <summary>What was asked.</summary>
    /// <exception cref="UserInputException">A value is out of range.</exception>
    public ContrastiveSettings Settings(ParseResult parsed, TrainingSettings training) =>
        training.Accumulation != 1 ? throw new UserInputException($"--accumulate: found {training.Accumulation}, expected 1: all pairs of --batch count at once, and --chunk bounds the memory")
        : parsed.GetValue(_temperature) is not (> 0 and <= 100) ? throw new UserInputException($"--temperature: found {parsed.GetValue(_temperature)}, expected a number above 0 and at most 100")
        : new ContrastiveSettings
        {
            Temperature = parsed.GetValue(_temperature),
            Symmetric = parsed.GetValue(_symmetric),
            Chunk = Options.AtLeast("--chunk", parsed.GetValue(_chunk), 1),
        };
}
