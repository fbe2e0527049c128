using System.CommandLine;
using Ropewalk.Lab.Retrieval;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk needle: a fact about somebody hidden in a text, over lengths and depths.</summary>
internal static class NeedleCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var set = new RetrievalOptionSet();
        var command = set.On("needle", "Hide a fact in a text that tells nothing of it and ask for it, over window lengths and depths. Example: ropewalk needle my-model --haystack essays.txt --lengths 4096,8192 --out needle");
        command.SetAction(parsed => CommandHost.Run(error, parsed.GetValue(set.Threads), stop => RetrievalHost.Run(set, parsed, prose => new NeedleTask(prose), output, error, stop)));
        return command;
    }
}
