namespace Ropewalk.Lab.Doctor;

/// <summary>One thing that can be wrong with position settings. A rule looks at the files as they are, damaged ones too: it never throws.</summary>
internal abstract class Rule
{
    /// <summary>Its name in results: lower case with hyphens.</summary>
    public abstract string Name { get; }

    /// <summary>What it finds.</summary>
    public abstract IEnumerable<Finding> Check(DoctorInput input);

    /// <summary>A finding about the config.</summary>
    protected Finding Of(DoctorInput input, Severity severity, string field, string found, string fix, params ReadOnlySpan<(string Engine, string Effect)> effects) =>
        Of(input.Rope.File, severity, field, found, fix, effects);

    /// <summary>A finding about any file.</summary>
    protected Finding Of(string file, Severity severity, string field, string found, string fix, params ReadOnlySpan<(string Engine, string Effect)> effects)
    {
        var list = new EngineEffect[effects.Length];
        for (var i = 0; i < list.Length; i++)
        {
            list[i] = new EngineEffect(effects[i].Engine, effects[i].Effect);
        }

        return new Finding(severity, Name, file, field, found, [.. list], fix);
    }
}
