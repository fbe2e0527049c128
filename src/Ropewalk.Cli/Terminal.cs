using Spectre.Console;

namespace Ropewalk.Cli;

/// <summary>Where tables are drawn: without colours and at a fixed width when the output is no terminal or NO_COLOR is set.</summary>
internal static class Terminal
{
    private const int PipeWidth = 160;

    public static IAnsiConsole On(TextWriter output)
    {
        var plain = Console.IsOutputRedirected || !ReferenceEquals(output, Console.Out) || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Out = new AnsiConsoleOutput(output),
        });
        if (plain)
        {
            console.Profile.Width = PipeWidth;
        }

        return console;
    }
}
