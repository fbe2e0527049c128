using System.CommandLine;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk runs: which runs there are, how far they are, and what can be done with them.</summary>
internal static class RunsCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var folder = new Argument<string>("FOLDER") { Description = "Runs are looked for beneath it.", DefaultValueFactory = _ => "." };
        var json = Options.Json();
        var command = new Command("runs", "List the runs beneath a folder: running, stopped, done or damaged, with best and cost. Example: ropewalk runs out") { folder, json };
        command.Subcommands.Add(Show(output, error));
        command.Subcommands.Add(Salvage(output, error));
        command.SetAction(parsed => CommandHost.Run(error, null, _ =>
        {
            var root = parsed.GetValue(folder)!;
            if (!Directory.Exists(root))
            {
                throw new UserInputException($"FOLDER: found {root}, expected a folder");
            }

            var runs = RunSummary.Beneath(root).ToList();
            if (parsed.GetValue(json))
            {
                output.Write(ResultJson.Serialize(runs.Select(RunRecord)));
            }
            else
            {
                RunTable.List(output, runs, root);
            }

            return ExitCodes.Done;
        }));
        return command;
    }

    private static Command Show(TextWriter output, TextWriter error)
    {
        var run = new Argument<string>("RUN") { Description = "Output folder of a run." };
        var json = Options.Json();
        var command = new Command("show", "Draw how a run went: its parts, and the best of the search so far. Example: ropewalk runs show out/extend-1") { run, json };
        command.SetAction(parsed => CommandHost.Run(error, null, _ =>
        {
            var summary = RunSummary.Of(RunSummary.Records(parsed.GetValue(run)!));
            if (parsed.GetValue(json))
            {
                output.Write(ResultJson.Serialize(new { Run = RunRecord(summary), summary.Stages, Progress = summary.Progress.Select(p => new { p.Evaluations, p.Perplexity }) }));
            }
            else
            {
                RunTable.Show(output, summary);
            }

            return summary.State == RunState.Damaged ? ExitCodes.CheckFailed : ExitCodes.Done;
        }));
        return command;
    }

    private static Command Salvage(TextWriter output, TextWriter error)
    {
        var run = new Argument<string>("RUN") { Description = "A run whose journal is damaged in the middle." };
        var to = new Argument<string>("NEW") { Description = "Output folder of the new run, absent or empty." };
        var command = new Command("salvage", "Copy what a damaged journal has before the damage into a new run, which --resume continues. Example: ropewalk runs salvage out/extend-1 out/saved") { run, to };
        var json = Options.Json();
        command.Add(json);
        command.SetAction(parsed => CommandHost.Run(error, null, _ =>
        {
            var from = RunSummary.Records(parsed.GetValue(run)!);
            var saved = parsed.GetValue(to)!;
            var kind = RunManifest.Read(from).Kind;
            var (entries, resume) = (RunSalvage.Copy(from, saved), ResumeCommand.Of(kind, saved));
            output.Write(parsed.GetValue(json) ? ResultJson.Serialize(new { entries, resume }) : $"{entries} entries saved; this continues: {resume}\n");
            return ExitCodes.Done;
        }));
        return command;
    }

    private static object RunRecord(RunSummary run) => new
    {
        run.Folder,
        run.State,
        run.Damage,
        run.Manifest?.Kind,
        run.Manifest?.Model,
        run.Manifest?.OriginalContext,
        run.Manifest?.TargetContext,
        run.Manifest?.Started,
        run.Manifest?.CommandLine,
        run.BestPerplexity,
        run.Evaluations,
        run.Seconds,
        run.Resume,
    };
}
