using System.CommandLine;
using System.CommandLine.Parsing;
using Ropewalk.Cli.Commands;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Cli;

/// <summary>The command line: one command a file. Results go to standard output, progress and errors to standard error.</summary>
public static class Application
{
    /// <summary>Runs one command.</summary>
    /// <param name="args">As the shell gave them.</param>
    /// <param name="output">For results.</param>
    /// <param name="error">For progress and errors.</param>
    /// <returns>0 done; 1 a check failed (an export was refused, a doctor found something); 2 the input cannot be used; 3 the machine cannot (disk, memory); 130 stopped.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        var root = new RootCommand("Ropewalk makes the context window of RoPE language models longer, and proves it.")
        {
            ExtendCommand.Create(output, error),
            SearchCommand.Create(output, error),
            CompareCommand.Create(output, error),
            StudyCommand.Create(output, error),
            RunsCommand.Create(output, error),
            PerplexityCommand.Create(output, error),
            PasskeyCommand.Create(output, error),
            NeedleCommand.Create(output, error),
            EffectiveCommand.Create(output, error),
            InspectCommand.Create(output, error),
            DoctorCommand.Create(output, error),
            GenerateCommand.Create(output, error),
            ConvertCommand.Create(output, error),
            ExportCommand.Create(output, error),
            ChatTemplateCommand.Create(output, error),
            TokenizeCommand.Create(output, error),
            TrainCommand.Create(output, error),
            TuneCommand.Create(output, error),
            EmbedCommand.Create(output, error),
            SearchDocsCommand.Create(output, error),
            BenchCommand.Create(output, error),
        };

        // No response files: a prompt or a path may begin with @.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            error.WriteLine($"ropewalk: {Message(parsed)} ({NameOf(parsed.CommandResult)} --help tells the options)");
            return ExitCodes.BadInput;
        }

        // The parser's numbers may have commas between any digits: 0,0005 would be 5.
        if (parsed.CommandResult.Children.OfType<OptionResult>().FirstOrDefault(o => (Nullable.GetUnderlyingType(o.Option.ValueType) ?? o.Option.ValueType) == typeof(double) && o.Tokens.Any(t => t.Value.Contains(','))) is { } number)
        {
            error.WriteLine($"ropewalk: {number.Option.Name}: found \"{Printable.OneLine(number.Tokens[0].Value)}\", expected a number with a point and no comma");
            return ExitCodes.BadInput;
        }

        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output, Error = error, ProcessTerminationTimeout = null });
    }

    /// <summary>A command as it is typed, with those that it stands below.</summary>
    private static string NameOf(SymbolResult? command) =>
        command is CommandResult { Command: not RootCommand and var own } ? $"{NameOf(command.Parent)} {own.Name}" : "ropewalk";

    /// <summary>The parser's own words, but for what a reader could not know: which word was no command, and what a .NET type allows.</summary>
    private static string Message(ParseResult parsed)
    {
        if (parsed.CommandResult.Command is RootCommand { Subcommands: var commands } && parsed.UnmatchedTokens.Count > 0)
        {
            return $"found \"{Printable.OneLine(parsed.UnmatchedTokens[0])}\", expected one of {string.Join(", ", commands.Select(c => c.Name))}";
        }

        var message = Printable.OneLine(parsed.Errors[0].Message);
        var type = message.IndexOf(" as expected type ", StringComparison.Ordinal);
        var expected = type < 0 ? ""
            : message.Contains("UInt", StringComparison.Ordinal) ? ", expected a whole number of at least 0"
            : message.Contains("Int", StringComparison.Ordinal) ? ", expected a whole number"
            : message.Contains("Double", StringComparison.Ordinal) ? ", expected a number" : "";
        return type < 0 ? message : message[..type] + expected;
    }
}
