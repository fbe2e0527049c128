namespace Ropewalk.Positions;

/// <summary>A method that turns the length of a sequence into rotary frequencies and an attention factor. Immutable;
/// the same length always gives the same numbers, so no call depends on an earlier one.</summary>
/// <param name="Geometry">The encoding that the method starts from.</param>
public abstract record RopeScaling(RopeGeometry Geometry)
{
    /// <summary>Name of the method, as in a spec.</summary>
    public abstract string Name { get; }

    /// <summary>Canonical text of the method and its parameters; options at their defaults are left out.</summary>
    public abstract string Spec { get; }

    /// <summary>Frequencies for a sequence.</summary>
    /// <param name="sequenceLength">Tokens of the sequence, those still to be generated included; 0 counts as an unknown, short one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public RopeFrequencies At(long sequenceLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequenceLength);
        return Compute(sequenceLength);
    }

    /// <summary>The method's formula; the length is at least 0.</summary>
    protected abstract RopeFrequencies Compute(long sequenceLength);
}
