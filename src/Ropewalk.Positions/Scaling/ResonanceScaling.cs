namespace Ropewalk.Positions.Scaling;

/// <summary>Resonance RoPE (2403.00071) on top of another method: every wavelength is rounded to a whole number of tokens (half to even),
/// f^_i = 2 pi / round(2 pi / f'_i), so a pair's angles repeat exactly. Attention factor and start tokens are the inner method's.</summary>
/// <param name="Inner">The method whose frequencies are rounded.</param>
public sealed record ResonanceScaling(RopeScaling Inner) : RopeScaling(Inner.Geometry)
{
    /// <inheritdoc/>
    public override string Name => "resonance+" + Inner.Name;

    /// <inheritdoc/>
    public override string Spec => "resonance+" + Inner.Spec;

    /// <inheritdoc/>
    protected override RopeFrequencies Compute(long sequenceLength)
    {
        var f = Inner.At(sequenceLength);
        return new(Geometry.Map(i => Rounded(f.InverseFrequencies[i])), f.AttentionFactor, f.StartTokens, f.StartInverseFrequencies);
    }

    // A pair that does not turn (frequency 0) has no wavelength to round; below half a token there is none left to have.
    private static double Rounded(double frequency) => frequency > 0
        ? Math.Tau / Math.Max(1, Math.Round(Math.Tau / frequency, MidpointRounding.ToEven))
        : 0;
}
