using System.CommandLine;
using Ropewalk.Lab.Progressive;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>What <c>extend</c> takes for LongRoPE's road, and how it runs it.</summary>
internal sealed class ProgressiveOptionSet
{
    private readonly Option<string?> _progressive = new("--progressive") { HelpName = "WINDOWS", Description = "Search and tune at these windows, one after the other, with commas between them: 4x is four times the original, 2048 that many tokens (docs/progressive.md)." };
    private readonly Option<string?> _then = new("--then") { HelpName = "WINDOW", Description = "With --progressive: a last window that is searched and not tuned, such as 32x." };
    private readonly Option<string> _tokens = new("--tune-tokens") { HelpName = "TOKENS", Description = "With --progressive: tokens of each tuning, such as 500k, or one number a window with commas between them.", DefaultValueFactory = _ => "500k" };
    private readonly Option<bool> _compare = new("--compare") { Description = "With --progressive: tune the direct road, linear interpolation and YaRN with as many tokens, and measure them beside it. Three more tunings; the estimate says the time." };
    private readonly Option<bool> _outside = new("--tune-outside") { Description = "With --progressive: write each stage's model and settings for axolotl, LLaMA-Factory and Transformers instead of tuning here, and stop." };
    private readonly Option<string?> _continueFrom = new("--continue-from") { HelpName = "FOLDER", Description = "With --resume: the folder that came back from the program that tuned the stage." };
    private readonly TuningChoiceOptions _tuning = new();

    public IReadOnlyList<Option> All => [_progressive, _then, _tokens, _compare, _outside, _continueFrom, .. _tuning.All];

    /// <summary>What may stand beside --resume for such a run.</summary>
    public Option ContinueFrom => _continueFrom;

    public bool IsAsked(ParseResult parsed) => parsed.GetValue(_progressive) is not null;

    /// <summary>Refuses options that say nothing without --progressive, and those of <c>extend</c> that say nothing with it.</summary>
    /// <exception cref="UserInputException">There is one.</exception>
    public void RequireFitting(ParseResult parsed, params Option[] ofPlainRuns)
    {
        var isAsked = IsAsked(parsed);
        var wrong = parsed.CommandResult.Children.OfType<System.CommandLine.Parsing.OptionResult>().FirstOrDefault(o => !o.Implicit && (isAsked ? ofPlainRuns.Append(_continueFrom).Contains(o.Option) : All.Contains(o.Option)));
        if (wrong is not null)
        {
            throw new UserInputException(isAsked
                ? $"{wrong.Option.Name}: found it with --progressive, which {(wrong.Option == _continueFrom ? "begins a run; expected it with --resume" : "has no such choice")}"
                : $"{wrong.Option.Name}: found it without --progressive, expected both or neither");
        }
    }

    /// <summary>What was asked, on top of what <c>extend</c> has read already.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="plain">The options that both kinds of extension have.</param>
    public ProgressiveOptions Options(ParseResult parsed, ExtendOptions plain)
    {
        var original = StudyHost.OriginalContext(plain.Model);
        var tuned = Amounts.Windows("--progressive", parsed.GetValue(_progressive)!, original);
        var tokens = Amounts.Tokens("--tune-tokens", parsed.GetValue(_tokens)!);
        if (tokens.Any(t => t < 1) || (tokens.Length != 1 && tokens.Length != tuned.Length))
        {
            throw new UserInputException($"--tune-tokens: found \"{parsed.GetValue(_tokens)}\", expected one number above 0, or one for each of {tuned.Length} windows");
        }

        var then = parsed.GetValue(_then) is { } last ? Amounts.Windows("--then", last, original) : [];
        if (then.Length > 1 || (then is [var only] && only <= tuned[^1]))
        {
            throw new UserInputException($"--then: found {parsed.GetValue(_then)}, expected one window longer than the last tuned one of {tuned[^1]} tokens: a plan increases");
        }

        return new ProgressiveOptions
        {
            Model = plain.Model,
            Texts = plain.Texts,
            Heldout = plain.Heldout,
            Out = plain.Out,
            Tuned = tuned,
            Then = then is [var window] ? window : null,
            Tokens = tokens.Length == 1 ? [.. tuned.Select(_ => tokens[0])] : tokens,
            Population = plain.Population ?? ProgressiveOptions.PaperPopulation,
            Iterations = plain.Iterations ?? ProgressiveOptions.PaperIterations,
            Windows = plain.Windows,
            HeldoutWindows = plain.HeldoutWindows,
            Search = plain.Search,
            AttentionFactor = plain.AttentionFactor == "fit" ? "su" : plain.AttentionFactor,
            Tuning = _tuning.Choices(parsed),
            Compare = parsed.GetValue(_compare),
            TuneOutside = parsed.GetValue(_outside),
            MaximumShortLoss = plain.MaximumShortLoss,
            ConfigStyle = plain.ConfigStyle,
            WindowStride = plain.WindowStride,
            DryRun = plain.DryRun,
            Seed = plain.Seed,
            CommandLine = plain.CommandLine,
        };
    }

    /// <summary>Continues a run of this kind.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="records">Its records.</param>
    /// <param name="maximumShortLoss">Another gate, or null.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="stop">Ends it.</param>
    public ProgressiveJob Resumed(ParseResult parsed, string records, double? maximumShortLoss, ConsoleReporter reporter, CancellationToken stop) =>
        ProgressiveJob.Resume(records, maximumShortLoss, parsed.GetValue(_continueFrom), reporter, TimeProvider.System, stop);

    /// <summary>Runs a job and tells its outcome.</summary>
    public static int Run(TextWriter output, ProgressiveJob job, ConsoleReporter reporter, bool isJson)
    {
        ProgressiveOutcome outcome;
        try
        {
            outcome = job.Run();
        }
        finally
        {
            reporter.Clear();
        }

        if (isJson)
        {
            output.Write(ResultJson.Serialize(outcome.Result is { } result ? ProgressiveRecord.Of(result) : outcome.Waiting ?? job.Estimate!));
        }
        else if (outcome.Result is { } made)
        {
            ProgressiveTables.Write(output, made);
        }
        else if (outcome.Waiting is { } work)
        {
            output.WriteLine($"waiting for the tuning at {Display.Length(work.Length)} tokens: {work.Folder} has the model, the texts, and the settings for");
            foreach (var file in work.Files)
            {
                output.WriteLine($"  {file}");
            }

            output.WriteLine("an adapter is to be merged into the model first; this continues with the folder that comes back:");
            output.WriteLine($"  {work.Command}");
        }

        return ExitCodes.Done;
    }
}
