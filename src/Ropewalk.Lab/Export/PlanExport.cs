using System.Collections.Immutable;

namespace Ropewalk.Lab.Export;

/// <summary>What an export wrote.</summary>
/// <param name="Plan">Its source.</param>
/// <param name="Target">For whom.</param>
/// <param name="Files">Paths of the files, relative to the folder where there is one.</param>
/// <param name="Text">The plan, the overrides or the flags, as they are to be passed on; null where the files are the export.</param>
/// <param name="CommandLine">A command that uses it, or null.</param>
/// <param name="OriginalFingerprint">SHA-256 of the frequencies in force before, at the target length.</param>
/// <param name="Fingerprint">SHA-256 of the frequencies in force in what was read back, at the target length.</param>
/// <param name="LargestChange">Largest |f'/f - 1| of a pair, read back against before, at the target length.</param>
/// <param name="Notes">What the user should know, one line each.</param>
public sealed record PlanExport(
    RopePlan Plan, PlanTarget Target, ImmutableArray<string> Files, string? Text, string? CommandLine, string OriginalFingerprint, string Fingerprint, double LargestChange, ImmutableArray<string> Notes);
