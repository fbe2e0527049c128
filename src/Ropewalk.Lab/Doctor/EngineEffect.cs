namespace Ropewalk.Lab.Doctor;

/// <summary>What one engine does about a finding.</summary>
/// <param name="Engine">One of <see cref="Engines"/>.</param>
/// <param name="Effect">What happens there, in plain words.</param>
public sealed record EngineEffect(string Engine, string Effect);
