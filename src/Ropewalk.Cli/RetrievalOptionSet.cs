using System.CommandLine;

namespace Ropewalk.Cli;

/// <summary>The options that passkey and needle share.</summary>
internal sealed class RetrievalOptionSet
{
    public Argument<string?> Model { get; } = new("MODEL") { Description = "Hugging Face folder or GGUF file. Default: the embedded model prose3m (window 512).", Arity = ArgumentArity.ZeroOrOne };

    public Option<string?> Lengths { get; } = new("--lengths") { HelpName = "LIST", Description = "Windows in tokens, prompt and answer together, e.g. 1024,2048,4096. Default: the model's window, its double and its fourfold, less those that no prompt fits." };

    public Option<string> Depths { get; } = new("--depths") { HelpName = "LIST", Description = "Where in the haystack the answer lies, as shares from 0 (the beginning) to 1 (the end).", DefaultValueFactory = _ => "0,0.25,0.5,0.75,1" };

    public Option<int> Trials { get; } = new("--trials") { HelpName = "N", Description = "Trials of each length and depth.", DefaultValueFactory = _ => 10 };

    public Option<string> Score { get; } = new("--score") { HelpName = "HOW", Description = "greedy (the continuation gives the answer), choice (of the candidates the answer has the least loss: for models too small to follow an instruction) or both.", DefaultValueFactory = _ => "both" };

    public Option<int> Candidates { get; } = new("--candidates") { HelpName = "N", Description = "Answers to choose among.", DefaultValueFactory = _ => 10 };

    public Option<string?> Haystack { get; } = new("--haystack") { HelpName = "FILE", Description = "Text to hide the answer in, from a random sentence on. Default: generated stories." };

    public Option<string?> Scaling { get; } = Options.Scaling();

    public Option<string?> Plan { get; } = Options.Plan();

    public Option<ulong> Seed { get; } = Options.Seed();

    public Option<string?> Out { get; } = new("--out") { HelpName = "PATH", Description = "Folder for report.html and the records; absent, empty, or that of the same run stopped earlier, which then goes on where it was." };

    public Option<string?> LmEval { get; } = new("--lm-eval") { HelpName = "FILE", Description = "Write the result as lm-evaluation-harness does (results_*.json)." };

    public Option<bool> Json { get; } = Options.Json();

    public Option<int?> Threads { get; } = Options.Threads();

    public Option<bool> Mmap { get; } = Options.Mmap();

    /// <summary>A command with all of them.</summary>
    public Command On(string name, string description) => new(name, description)
    {
        Model, Lengths, Depths, Trials, Score, Candidates, Haystack, Scaling, Plan, Seed, Out, LmEval, Json, Threads, Mmap,
    };
}
