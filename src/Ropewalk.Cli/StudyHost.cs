using Ropewalk.Engine.Models;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Cli;

/// <summary>What the commands that tune on their way do alike.</summary>
internal static class StudyHost
{
    /// <summary>L of a checkpoint; no weights are read.</summary>
    public static int OriginalContext(string model)
    {
        using var checkpoint = ModelLoader.Open(model);
        return ModelLoader.RopeOf(checkpoint).Geometry.OriginalContext;
    }

    /// <summary>Whether a run that is to be continued has nothing left to do; says so, and prints its result where JSON is wanted.</summary>
    public static bool IsFinished(TextWriter output, TextWriter error, string folder, string kind, bool isJson)
    {
        var summary = RunSummary.Of(RunSummary.Records(folder));
        if (summary.State != RunState.Done || summary.Manifest?.Kind != kind)
        {
            return false;
        }

        error.WriteLine($"this run is finished, nothing is left to do: {folder}");
        if (isJson)
        {
            output.Write(File.ReadAllText(Path.Combine(summary.Folder, RunFolder.ResultName)));
        }

        return true;
    }
}
