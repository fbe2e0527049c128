using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>Options that several commands share.</summary>
internal static class Options
{
    /// <summary>Folder of the default model, beside the program.</summary>
    public static string DefaultModel => Path.Combine(AppContext.BaseDirectory, "models", "prose3m");

    /// <summary>Name of the embedder beside the program.</summary>
    public const string EmbedderName = "prose-embed";

    /// <summary>Folder of the default embedder, beside the program.</summary>
    public static string DefaultEmbedder => Path.Combine(AppContext.BaseDirectory, "models", EmbedderName);

    /// <summary>An embedder, or none for the one beside the program.</summary>
    public static Argument<string?> Embedder() => new("MODEL")
    {
        Description = $"Embedder: a sentence-transformers folder, a Hugging Face folder or a GGUF file. Default: the embedded embedder {EmbedderName} (window 256).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object instead of tables." };

    public static Option<string?> Resume(string command, string more = "") => new("--resume")
    {
        HelpName = "FOLDER",
        Description = $"Continue a stopped {command}: what it recorded is not computed again, and it ends with the same bytes. Only --json and --threads go with it{more}.",
    };

    /// <summary>The command as it was typed, for records.</summary>
    public static string CommandLine(ParseResult parsed) => "ropewalk " + string.Join(' ', parsed.Tokens.Select(t => t.Value));

    /// <summary>A continued job keeps what it was asked: whatever else is given is refused, not ignored.</summary>
    public static void RequireAlone(ParseResult parsed, params Option[] allowed)
    {
        foreach (var result in parsed.CommandResult.Children)
        {
            var other = result switch
            {
                System.CommandLine.Parsing.OptionResult { Implicit: false } o when !allowed.Contains(o.Option) => o.Option.Name,
                System.CommandLine.Parsing.ArgumentResult { Tokens.Count: > 0 } a => a.Argument.Name,
                _ => null,
            };
            if (other is not null)
            {
                throw new UserInputException($"--resume: found {other} beside it, expected {string.Join(", ", allowed.Skip(1).Select(o => o.Name))} at most: the run keeps what it was asked");
            }
        }
    }

    public static Option<int?> Threads() => new("--threads") { HelpName = "N", Description = "Threads to work with. Default: every processor. Results do not depend on it." };
    /// <summary>Files, and the .txt files of folders and of what is below them.</summary>
    /// <exception cref="UserInputException">A folder has none.</exception>
    public static ImmutableArray<string> Files(string[]? paths) => [.. TrainingTexts.Files(paths ?? [])];


    public static Option<string[]> Text(string description) => new("--text") { HelpName = "FILE", Description = description, AllowMultipleArgumentsPerToken = true };

    public static Option<string[]> Heldout() => new("--heldout")
    {
        HelpName = "FILE",
        Description = "Text files, and folders of .txt files, that measure the result and that the search never sees. Default: the last fifth of each --text.",
        AllowMultipleArgumentsPerToken = true,
    };

    public static Option<ulong> Seed() => new("--seed") { HelpName = "N", Description = "Seed of every random choice. The same seed gives the same factors.", DefaultValueFactory = _ => 0 };

    public static Option<string?> Scaling() => new("--scaling") { HelpName = "SPEC", Description = $"Scaling of the positions, instead of what config.json says: none, linear:4, ntk:4, dynamic:4, by-parts:4, yarn:4, llama3:8, base:1000000, resonance+yarn:4, longrope:factors.json." };

    public static Option<string?> Plan() => new("--plan")
    {
        HelpName = "SPEC",
        Description = "Which positions tokens are compared at (docs/methods/plans.md): " + string.Join(", ", Ropewalk.Positions.Plans.PositionPlanRegistry.Forms) + ".",
    };

    public static Argument<string> Model() => new("MODEL") { Description = "Hugging Face folder (config.json, safetensors, tokenizer.json), or a GGUF file." };

    public static Option<bool> Strict() => new("--strict") { Description = "Refuse a checkpoint of which something is ignored: bytes after the last tensor, tensors without a use, keys that ask for code." };

    /// <summary>What --strict asks for.</summary>
    public static void RequireNoNotes(Checkpoint checkpoint)
    {
        if (checkpoint.Notes.Count > 0)
        {
            throw new UserInputException($"--strict: found {checkpoint.Notes.Count} things to note, expected none: {checkpoint.Notes[0]}");
        }
    }

    public static Option<bool> Mmap() => new("--mmap") { Description = "Use the blocks of a quantised GGUF file where they lie in the mapped file instead of copying them into memory. A file that becomes shorter meanwhile ends the program." };

    /// <summary>"90s", "30m", "2h" or plain seconds.</summary>
    public static TimeSpan Duration(string option, string text)
    {
        var unit = text.Length > 0 ? text[^1] : ' ';
        var factor = unit switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        var number = factor == 0 ? text : text[..^1];
        return Decimal(number, out var value) && value > 0 && value * Math.Max(1, factor) < 1e9
            ? TimeSpan.FromSeconds(value * Math.Max(1, factor))
            : throw new UserInputException($"{option}: found \"{text}\", expected a time such as 90s, 30m or 2h");
    }

    /// <summary>"2%" or "0.02".</summary>
    public static double Share(string option, string text)
    {
        var percent = text.EndsWith('%');
        return Decimal(percent ? text[..^1] : text, out var value) && double.IsFinite(value)
            ? value / (percent ? 100 : 1)
            : throw new UserInputException($"{option}: found \"{text}\", expected a share such as 2% or 0.02");
    }

    /// <summary>A number without a sign. A comma is refused: .NET would read 0,02 as 2.</summary>
    private static bool Decimal(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);

    /// <summary>A range check with the usual message.</summary>
    public static int AtLeast(string option, int value, int minimum) =>
        value >= minimum ? value : throw new UserInputException($"{option}: found {value}, expected at least {minimum}");
}
