namespace Ropewalk.Positions.Scaling;

/// <summary>NTK-by-parts: YaRN's frequencies (2309.00071, in the form of its code, see <see cref="YarnRamp"/>) with a = 1:
/// f'_i = (f_i / s)(1 - mask_i) + f_i mask_i.</summary>
/// <param name="Geometry">The encoding as trained; its base must be above 1.</param>
/// <param name="Factor">s, above 0.</param>
/// <param name="BetaFast">Turns within L above which a pair keeps its frequency, above 0.</param>
/// <param name="BetaSlow">Turns within L below which a pair is fully interpolated, above 0.</param>
/// <param name="Truncate">Round the ramp outwards to whole pairs.</param>
/// <param name="ExtrapolationFactor">Multiplies the mask: 1 as published, 0 = linear scaling.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public sealed record NtkByPartsScaling(
    RopeGeometry Geometry,
    double Factor,
    double BetaFast = 32,
    double BetaSlow = 1,
    bool Truncate = true,
    double ExtrapolationFactor = 1)
    : RopeScaling(YarnRamp.CheckBase(Geometry))
{
    /// <summary>s.</summary>
    public double Factor { get; } = Require.Positive("factor", Factor);

    /// <summary>Turns above which a pair keeps its frequency.</summary>
    public double BetaFast { get; } = Require.Positive("beta fast", BetaFast);

    /// <summary>Turns below which a pair is fully interpolated.</summary>
    public double BetaSlow { get; } = Require.Positive("beta slow", BetaSlow);

    /// <summary>Whether the ramp is rounded outwards to whole pairs.</summary>
    public bool Truncate { get; } = Truncate;

    /// <summary>Multiplies the mask.</summary>
    public double ExtrapolationFactor { get; } = Require.NotNegative("extrapolation factor", ExtrapolationFactor);

    /// <inheritdoc/>
    public override string Name => "by-parts";

    /// <inheritdoc/>
    public override string Spec => SpecText.Of(
        Name,
        Factor,
        ("beta-fast", BetaFast, 32),
        ("beta-slow", BetaSlow, 1),
        ("truncate", Truncate, true),
        ("extrapolation", ExtrapolationFactor, 1));

    /// <inheritdoc/>
    protected override RopeFrequencies Compute(long sequenceLength)
    {
        var mask = YarnRamp.Mask(Geometry, BetaFast, BetaSlow, Truncate);
        return new(Geometry.Map(i =>
        {
            var f = Geometry.InverseFrequency(i);
            var keep = mask[i] * ExtrapolationFactor;
            return (f / Factor * (1 - keep)) + (f * keep);
        }));
    }

    internal static NtkByPartsScaling FromSpec(RopeGeometry geometry, SpecArguments spec) => new(
        geometry,
        spec.Factor(),
        spec.Number("beta-fast", 32),
        spec.Number("beta-slow", 1),
        spec.Flag("truncate", fallback: true),
        spec.NumberOrZero("extrapolation", 1));
}
