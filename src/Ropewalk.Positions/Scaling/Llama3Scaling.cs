namespace Ropewalk.Positions.Scaling;

/// <summary>Llama 3.1's scaling (Meta's llama-models): pairs that turn more than <see cref="HighFrequencyFactor"/> times within L
/// keep their frequency, those that turn less than <see cref="LowFrequencyFactor"/> times are divided by s, and between the two
/// f' = (1 - t) f / s + t f with t = (turns - low) / (high - low); a = 1. The context of <paramref name="Geometry"/> is L.</summary>
/// <param name="Geometry">The encoding as trained.</param>
/// <param name="Factor">s, above 0.</param>
/// <param name="LowFrequencyFactor">Turns within L, above 0.</param>
/// <param name="HighFrequencyFactor">Turns within L, above the low one.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public sealed record Llama3Scaling(RopeGeometry Geometry, double Factor, double LowFrequencyFactor = 1, double HighFrequencyFactor = 4)
    : RopeScaling(Geometry)
{
    /// <summary>s.</summary>
    public double Factor { get; } = Require.Positive("factor", Factor);

    /// <summary>Turns below which a pair is fully interpolated.</summary>
    public double LowFrequencyFactor { get; } = Require.Positive("low frequency factor", LowFrequencyFactor);

    /// <summary>Turns above which a pair keeps its frequency.</summary>
    public double HighFrequencyFactor { get; } = Require.Above("high frequency factor", HighFrequencyFactor, LowFrequencyFactor);

    /// <inheritdoc/>
    public override string Name => "llama3";

    /// <inheritdoc/>
    public override string Spec => SpecText.Of(Name, Factor, ("low", LowFrequencyFactor, 1), ("high", HighFrequencyFactor, 4));

    /// <inheritdoc/>
    protected override RopeFrequencies Compute(long sequenceLength) => new(Geometry.Map(i =>
    {
        var f = Geometry.InverseFrequency(i);
        var turns = Geometry.OriginalContext * f / Math.Tau;
        var t = Math.Clamp((turns - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor), 0, 1);
        return (f / Factor * (1 - t)) + (f * t);
    }));

    internal static Llama3Scaling FromSpec(RopeGeometry geometry, SpecArguments spec) =>
        new(geometry, spec.Factor(), spec.Number("low", 1), spec.Number("high", 4));
}
