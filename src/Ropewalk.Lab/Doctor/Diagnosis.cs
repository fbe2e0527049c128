using System.Collections.Immutable;

namespace Ropewalk.Lab.Doctor;

/// <summary>What the doctor says of one checkpoint.</summary>
/// <param name="File">The file that holds its position settings.</param>
/// <param name="ModelType">The config's model_type, empty if it has none.</param>
/// <param name="Readings">What each engine makes of the settings.</param>
/// <param name="Findings">What was found, the worst first.</param>
public sealed record Diagnosis(string File, string ModelType, ImmutableArray<EngineReading> Readings, ImmutableArray<Finding> Findings)
{
    /// <summary>Whether anything is to be repaired; notes do not count.</summary>
    public bool HasProblems => Findings.Any(f => f.Severity > Severity.Note);
}
