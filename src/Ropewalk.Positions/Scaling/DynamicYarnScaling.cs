namespace Ropewalk.Positions.Scaling;

/// <summary>Dynamic YaRN (the authors' code, 2309.00071): YaRN with s = max(initial, n / L) for a sequence of n tokens, frequencies and
/// attention factor alike.</summary>
/// <param name="Geometry">The encoding as trained; its base must be above 1.</param>
/// <param name="InitialFactor">The smallest s: 1 for a model as trained, the tuned scale for a fine-tuned one. At least 1.</param>
/// <param name="BetaFast">As in <see cref="YarnScaling"/>.</param>
/// <param name="BetaSlow">As in <see cref="YarnScaling"/>.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public sealed record DynamicYarnScaling(RopeGeometry Geometry, double InitialFactor = 1, double BetaFast = 32, double BetaSlow = 1)
    : RopeScaling(YarnRamp.CheckBase(Geometry))
{
    /// <summary>The smallest s.</summary>
    public double InitialFactor { get; } = InitialFactor >= 1
        ? Require.Positive("initial factor", InitialFactor)
        : throw new UserInputException($"initial factor: found {Require.Number(InitialFactor)}, expected at least 1");

    /// <summary>Turns above which a pair keeps its frequency.</summary>
    public double BetaFast { get; } = Require.Positive("beta fast", BetaFast);

    /// <summary>Turns below which a pair is fully interpolated.</summary>
    public double BetaSlow { get; } = Require.Positive("beta slow", BetaSlow);

    /// <inheritdoc/>
    public override string Name => "dynamic-yarn";

    /// <inheritdoc/>
    public override string Spec => SpecText.Of(Name, InitialFactor, ("beta-fast", BetaFast, 32), ("beta-slow", BetaSlow, 1));

    /// <inheritdoc/>
    protected override RopeFrequencies Compute(long sequenceLength)
    {
        var s = Math.Max(InitialFactor, (double)sequenceLength / Geometry.OriginalContext);
        return new YarnScaling(Geometry, s) { BetaFast = BetaFast, BetaSlow = BetaSlow }.At(sequenceLength);
    }

    internal static DynamicYarnScaling FromSpec(RopeGeometry geometry, SpecArguments spec) => new(
        geometry,
        spec.Factor(),
        spec.Number("beta-fast", 32),
        spec.Number("beta-slow", 1));
}
