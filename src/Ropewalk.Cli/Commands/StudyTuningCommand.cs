using System.CommandLine;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Studies;
using Ropewalk.Positions;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk study tuning: from how many tuning tokens on a longer window pays.</summary>
internal static class StudyTuningCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var model = new Argument<string?>("MODEL") { Description = "Hugging Face folder.", Arity = ArgumentArity.ZeroOrOne };
        var to = new Option<string>("--to") { HelpName = "WINDOWS", Description = "Windows with commas between them, rising: 4x is four times the original, 2048 that many tokens.", DefaultValueFactory = _ => "4x,8x" };
        var tokens = new Option<string>("--tokens") { HelpName = "TOKENS", Description = "Numbers of tuning tokens with commas between them, such as 0,250k,1M. Each is a tuning of its own.", DefaultValueFactory = _ => "0,250k,500k,1M" };
        var scaling = new Option<string>("--scaling") { HelpName = "SPEC", Description = $"Encoding: {string.Join(", ", TunedEncoding.Names)} (each set for its window), or a spec with numbers such as longrope:factors.json.", DefaultValueFactory = _ => "yarn" };
        var text = Options.Text("Text files, and folders of .txt files, to tune on. Default: stories of the embedded generator.");
        var heldout = Options.Heldout();
        var heldoutWindows = new Option<int>("--heldout-windows") { HelpName = "N", Description = "Held-out windows of the longest length at most, 0 for all.", DefaultValueFactory = _ => 16 };
        var stride = new Option<int>("--window-stride") { HelpName = "TOKENS", Description = "Tokens that one run of the sliding window scores; 1 is exact.", DefaultValueFactory = _ => 8 };
        var control = new Option<bool>("--control") { Description = "Tune the original on as many tokens at its own window too, and slide that: how much of the gain is the longer window's. Twice the sliding, and about half more training." };
        var tuning = new TuningChoiceOptions();
        var outFolder = new Option<string?>("--out") { HelpName = "DIR", Description = "Output folder, absent or empty. Default: out/study-tuning-1, -2, ..." };
        var seed = Options.Seed();
        var command = new Command("tuning", "Whether tuning a longer window pays: perplexity after each number of tuning tokens, beside the original model that slides its own window over the same held-out tokens. Example: ropewalk study tuning my-model --to 4x,8x --tokens 0,250k,1M,4M --text books/train --heldout books/heldout")
        {
            model, to, tokens, scaling, text, heldout, heldoutWindows, stride, control, outFolder, seed,
        };
        foreach (var option in tuning.All)
        {
            command.Add(option);
        }

        new ResumableStudy<TuningStudyResult>(output, error, TuningStudyJob.Kind)
        {
            Begin = (parsed, reporter, stop) =>
            {
                var options = new TuningStudyOptions
                {
                    Model = parsed.GetValue(model) ?? throw new UserInputException("MODEL: found none, expected a Hugging Face folder, or --resume"),
                    Out = parsed.GetValue(outFolder) ?? ExtendCommand.FreeFolder("study-tuning"),
                    Texts = Options.Files(parsed.GetValue(text)),
                    Heldout = Options.Files(parsed.GetValue(heldout)),
                    Lengths = Amounts.Windows("--to", parsed.GetValue(to)!, StudyHost.OriginalContext(parsed.GetValue(model)!)),
                    Tokens = [.. Amounts.Tokens("--tokens", parsed.GetValue(tokens)!).Distinct().Order()],
                    Scaling = parsed.GetValue(scaling)!,
                    HeldoutWindows = Options.AtLeast("--heldout-windows", parsed.GetValue(heldoutWindows), 0),
                    WindowStride = Options.AtLeast("--window-stride", parsed.GetValue(stride), 1),
                    Control = parsed.GetValue(control),
                    Tuning = tuning.Choices(parsed),
                    Seed = parsed.GetValue(seed),
                    CommandLine = Options.CommandLine(parsed),
                };
                return (new TuningStudyJob(options, reporter, TimeProvider.System, stop).Run, options.Out, null);
            },
            Resume = (records, reporter, stop) => TuningStudyJob.Resume(records, reporter, TimeProvider.System, stop).Run,
            Json = result => ResultJson.Serialize(TuningStudyRecord.Of(result)),
            Write = TuningStudyTables.Write,
        }.AddTo(command);
        return command;
    }
}
