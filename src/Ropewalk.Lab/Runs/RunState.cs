namespace Ropewalk.Lab.Runs;

/// <summary>What became of a run.</summary>
public enum RunState
{
    /// <summary>A process works on it.</summary>
    Running,

    /// <summary>It can be continued.</summary>
    Stopped,

    /// <summary>It has its result.</summary>
    Done,

    /// <summary>Its records are damaged, or of another version.</summary>
    Damaged,
}
