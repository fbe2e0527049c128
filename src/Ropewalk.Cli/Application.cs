using System.CommandLine;
using Ropewalk.Cli.Commands;

namespace Ropewalk.Cli;

/// <summary>The command line: one command a file. Results go to standard output, progress and errors to standard error.</summary>
public static class Application
{
    /// <summary>Runs one command.</summary>
    /// <param name="args">As the shell gave them.</param>
    /// <param name="output">For results.</param>
    /// <param name="error">For progress and errors.</param>
    /// <returns>0 done; 1 a check failed (an export was refused); 2 the input cannot be used; 3 the machine cannot (disk, memory); 130 stopped.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        var root = new RootCommand("Ropewalk makes the context window of RoPE language models longer, and proves it.")
        {
            ExtendCommand.Create(output, error),
            SearchCommand.Create(output, error),
            PerplexityCommand.Create(output, error),
            InspectCommand.Create(output, error),
            GenerateCommand.Create(output, error),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            error.WriteLine($"ropewalk: {Plain(parsed.Errors[0].Message)} (ropewalk {string.Join(' ', parsed.CommandResult.Command == root ? [] : new[] { parsed.CommandResult.Command.Name, string.Empty })}--help tells the options)");
            return ExitCodes.BadInput;
        }

        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output, Error = error, ProcessTerminationTimeout = null });
    }

    /// <summary>The parser names .NET types; people know numbers.</summary>
    private static string Plain(string message)
    {
        var type = message.IndexOf(" as expected type", StringComparison.Ordinal);
        return type < 0 ? message : message[..type] + (message.AsSpan(type).Contains("Int", StringComparison.Ordinal) ? ": expected a whole number" : ": expected a number");
    }
}
