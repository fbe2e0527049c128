namespace Ropewalk.Lab.Doctor;

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>Nothing to repair: engines differ by design, and the user should know where.</summary>
    Note,

    /// <summary>Some engine computes other positions than the author of the file meant, or a limit stands in the way.</summary>
    Warning,

    /// <summary>Some current engine refuses the file or computes wrong positions without a word.</summary>
    Error,
}
