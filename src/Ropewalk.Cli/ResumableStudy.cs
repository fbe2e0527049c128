using System.CommandLine;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Cli;

/// <summary>What the studies that can be continued do alike: a run that is finished, one that was stopped, a new one; the result as tables or as JSON.</summary>
/// <typeparam name="TResult">The study's result.</typeparam>
/// <param name="output">Gets the result.</param>
/// <param name="error">Gets the progress.</param>
/// <param name="kind">The kind of the study's records.</param>
internal sealed class ResumableStudy<TResult>(TextWriter output, TextWriter error, string kind)
    where TResult : class
{
    private readonly Option<string?> _resume = Options.Resume("study");
    private readonly Option<bool> _json = Options.Json();
    private readonly Option<int?> _threads = Options.Threads();

    /// <summary>Prepares a new study of what was asked, and says where it goes, and after a run without a result what its dry run found.</summary>
    public required Func<ParseResult, IJobReporter, CancellationToken, (Func<TResult?> Run, string Folder, Func<object?>? Estimate)> Begin { get; init; }

    /// <summary>Prepares the rest of one from its records.</summary>
    public required Func<string, IJobReporter, CancellationToken, Func<TResult?>> Resume { get; init; }

    /// <summary>The result as JSON.</summary>
    public required Func<TResult, string> Json { get; init; }

    /// <summary>Writes the result, which lies in a folder, as tables.</summary>
    public required Action<TextWriter, TResult, string> Write { get; init; }

    /// <summary>Gives a command its last options, and what it does.</summary>
    public void AddTo(Command command)
    {
        command.Add(_resume);
        command.Add(_json);
        command.Add(_threads);
        command.SetAction(parsed => CommandHost.Run(error, parsed.GetValue(_threads), stop => Run(parsed, stop)));
    }

    private int Run(ParseResult parsed, CancellationToken stop)
    {
        var reporter = new ConsoleReporter(error, !Console.IsErrorRedirected);
        var isJson = parsed.GetValue(_json);
        Func<TResult?> job;
        string folder;
        Func<object?>? estimate = null;
        if (parsed.GetValue(_resume) is { } stopped)
        {
            Options.RequireAlone(parsed, _resume, _json, _threads);
            if (StudyHost.IsFinished(output, error, stopped, kind, isJson))
            {
                return ExitCodes.Done;
            }

            (job, folder) = (Resume(RunSummary.Records(stopped), reporter, stop), stopped);
        }
        else
        {
            (job, folder, estimate) = Begin(parsed, reporter, stop);
        }

        TResult? result;
        try
        {
            result = job();
        }
        finally
        {
            reporter.Clear();
        }

        if (result is not null && isJson)
        {
            output.Write(Json(result));
        }
        else if (isJson && estimate?.Invoke() is { } plan)
        {
            output.Write(ResultJson.Serialize(plan));
        }
        else if (result is not null)
        {
            Write(output, result, folder);
        }

        return ExitCodes.Done;
    }
}
