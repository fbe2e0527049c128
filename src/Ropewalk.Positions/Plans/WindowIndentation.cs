namespace Ropewalk.Positions.Plans;

/// <summary>Where parallel windows shorter than the longest one stand.</summary>
public enum WindowIndentation
{
    /// <summary>All begin at position 0: the authors' default.</summary>
    Left,

    /// <summary>All end right before the task, each shifted as a whole.</summary>
    Right,
}
