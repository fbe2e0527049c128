namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>A rule about the keys of a GGUF file.</summary>
internal abstract class GgufRule : Rule
{
    /// <inheritdoc/>
    public sealed override IEnumerable<Finding> Check(DoctorInput input) => input.Gguf is { } facts ? Check(input.Rope.File, facts) : [];

    /// <summary>What it finds.</summary>
    protected abstract IEnumerable<Finding> Check(string file, GgufFacts facts);
}
