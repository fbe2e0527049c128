namespace Ropewalk.Lab.Runs.Records;

/// <summary>Entries in words, for errors.</summary>
internal static class EntryText
{
    /// <summary>What an entry is about.</summary>
    public static string Of(JournalEntry entry) => entry switch
    {
        StartEntry e => $"the start of a run with seed {e.Seed} and fingerprint {e.Fingerprint}",
        SearchEntry e => $"search \"{e.Search}\" by {e.Algorithm} with seed {e.Seed} on {e.NumWindows} windows",
        EvaluationEntry e => $"search \"{e.Search}\" asking for {JournaledEvaluator.Describe(e.Request)}",
        LossesEntry e => $"the losses of \"{e.Name}\", window {e.Window}",
        ValuesEntry e => $"the values of \"{e.Name}\" at {string.Join(' ', e.Arguments)}",
        VectorEntry e => $"the vector of {e.Name}, text {e.Text}",
        DoneEntry e => $"the end of the run, with result {e.ResultSha256}",
        _ => entry.GetType().Name,
    };
}
