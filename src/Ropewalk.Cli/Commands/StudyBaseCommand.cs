using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Studies;
using Ropewalk.Positions;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk study base: the scaling laws of the base on a model at hand.</summary>
internal static class StudyBaseCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var model = new Argument<string?>("MODEL") { Description = "Hugging Face folder.", Arity = ArgumentArity.ZeroOrOne };
        var bases = new Option<string?>("--bases") { HelpName = "NUMBERS", Description = "Bases to tune with, each above 1, with commas between them. Default: below, at and above the critical one, and the trained one." };
        var tuneLength = new Option<int?>("--tune-length") { HelpName = "TOKENS", Description = "Window that it is tuned at. Default: the model's." };
        var longest = new Option<int?>("--longest") { HelpName = "TOKENS", Description = "Longest window that is measured. Default: sixteen times the one that it is tuned at." };
        var tokens = new Option<string>("--tokens") { HelpName = "TOKENS", Description = "Tokens of each tuning, such as 500k.", DefaultValueFactory = _ => "500k" };
        var text = Options.Text("Text files, and folders of .txt files, to tune on. Default: stories of the embedded generator.");
        var heldout = Options.Heldout();
        var heldoutWindows = new Option<int>("--heldout-windows") { HelpName = "N", Description = "Held-out windows at most, 0 for all.", DefaultValueFactory = _ => 16 };
        var tuning = new TuningChoiceOptions();
        var outFolder = new Option<string?>("--out") { HelpName = "DIR", Description = "Output folder, absent or empty. Default: out/study-base-1, -2, ..." };
        var seed = Options.Seed();
        var command = new Command("base", "The scaling laws of the base (2310.05209) on your model: tuned with bases below, at and above the critical one, perplexity by length beside the predicted limits. Example: ropewalk study base my-model --tokens 1M --text books/train --heldout books/heldout")
        {
            model, bases, tuneLength, longest, tokens, text, heldout, heldoutWindows, outFolder, seed,
        };
        foreach (var option in tuning.All)
        {
            command.Add(option);
        }

        new ResumableStudy<BaseStudyResult>(output, error, BaseStudyJob.Kind)
        {
            Begin = (parsed, reporter, stop) =>
            {
                var options = new BaseStudyOptions
                {
                    Model = parsed.GetValue(model) ?? throw new UserInputException("MODEL: found none, expected a Hugging Face folder, or --resume"),
                    Out = parsed.GetValue(outFolder) ?? ExtendCommand.FreeFolder("study-base"),
                    Texts = Options.Files(parsed.GetValue(text)),
                    Heldout = Options.Files(parsed.GetValue(heldout)),
                    Bases = Bases(parsed.GetValue(bases)),
                    TuneLength = parsed.GetValue(tuneLength),
                    Longest = parsed.GetValue(longest),
                    Tokens = Amounts.Tokens("--tokens", parsed.GetValue(tokens)!) is [> 0 and var one] ? one : throw new UserInputException($"--tokens: found \"{parsed.GetValue(tokens)}\", expected one number above 0"),
                    HeldoutWindows = Options.AtLeast("--heldout-windows", parsed.GetValue(heldoutWindows), 0),
                    Tuning = tuning.Choices(parsed),
                    Seed = parsed.GetValue(seed),
                    CommandLine = Options.CommandLine(parsed),
                };
                return (new BaseStudyJob(options, reporter, TimeProvider.System, stop).Run, options.Out, null);
            },
            Resume = (records, reporter, stop) => BaseStudyJob.Resume(records, reporter, TimeProvider.System, stop).Run,
            Json = result => ResultJson.Serialize(BaseStudyRecord.Of(result)),
            Write = BaseStudyTable.Write,
        }.AddTo(command);
        return command;
    }

    private static ImmutableArray<double> Bases(string? text) => text is null ? [] : [.. text.Split(',', StringSplitOptions.TrimEntries).Select(word =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 1 && double.IsFinite(number)
            ? number
            : throw new UserInputException($"--bases: found \"{Printable.OneLine(word)}\", expected numbers above 1: with a base of 1 all pairs turn alike, and below it the later ones turn faster"))];
}
