using System.Collections.Immutable;

namespace Ropewalk.Lab.Doctor;

/// <summary>One thing about a checkpoint's position settings that the user should know.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Rule">Name of the rule that found it.</param>
/// <param name="File">The file.</param>
/// <param name="Field">The key in it.</param>
/// <param name="Found">What stands there.</param>
/// <param name="Effects">What happens in which engine.</param>
/// <param name="Fix">What to write instead, or what to do.</param>
public sealed record Finding(
    Severity Severity, string Rule, string File, string Field, string Found, ImmutableArray<EngineEffect> Effects, string Fix);
