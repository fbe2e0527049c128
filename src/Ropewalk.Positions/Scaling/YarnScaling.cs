namespace Ropewalk.Positions.Scaling;

/// <summary>YaRN (2309.00071): the frequencies of <see cref="NtkByPartsScaling"/> and an attention factor. Where several are given,
/// Hugging Face's order holds: <see cref="ExplicitAttentionFactor"/>, then the two mscale keys (both must be there and not 0:
/// their ratio), then 0.1 ln s + 1. vLLM's deepseek_yarn is the same with its mscale keys.</summary>
/// <param name="Geometry">The encoding as trained; its base must be above 1.</param>
/// <param name="Factor">s, above 0.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public sealed record YarnScaling(RopeGeometry Geometry, double Factor) : RopeScaling(YarnRamp.CheckBase(Geometry))
{
    /// <summary>s.</summary>
    public double Factor { get; } = Require.Positive("factor", Factor);

    /// <summary>Turns within L above which a pair keeps its frequency, above 0.</summary>
    public double BetaFast { get; init => field = Require.Positive("beta fast", value); } = 32;

    /// <summary>Turns within L below which a pair is fully interpolated, above 0.</summary>
    public double BetaSlow { get; init => field = Require.Positive("beta slow", value); } = 1;

    /// <summary>Whether the ramp is rounded outwards to whole pairs (gpt-oss does not).</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>Multiplies the mask: 1 as published, 0 = linear scaling.</summary>
    public double ExtrapolationFactor { get; init => field = Require.NotNegative("extrapolation factor", value); } = 1;

    /// <summary>a as given (the key attention_factor); replaces every formula.</summary>
    public double? ExplicitAttentionFactor { get; init => field = value is { } a ? Require.Positive("attention factor", a) : null; }

    /// <summary>Multiplies the formula's a (the key attn_factor of vLLM and of the authors' code).</summary>
    public double AttentionMultiplier { get; init => field = Require.Positive("attention multiplier", value); } = 1;

    /// <summary>Weight of ln s in the numerator (the key mscale).</summary>
    public double? Mscale { get; init => field = value is { } k ? Require.NotNegative("mscale", k) : null; }

    /// <summary>Weight of ln s in the denominator (the key mscale_all_dim). DeepSeek's attention also multiplies its softmax scale by
    /// the square of that term; that is the model's business, not part of a.</summary>
    public double? MscaleAllDim { get; init => field = value is { } k ? Require.NotNegative("mscale all dim", k) : null; }

    /// <summary>a: multiplies cos and sin of queries and keys.</summary>
    public double AttentionFactor => ExplicitAttentionFactor ?? (AttentionMultiplier * FormulaAttentionFactor);

    /// <inheritdoc/>
    public override string Name => "yarn";

    /// <inheritdoc/>
    public override string Spec => SpecText.Of(
        Name,
        Factor,
        ("attention", ExplicitAttentionFactor, null),
        ("attention-multiplier", AttentionMultiplier, 1),
        ("beta-fast", BetaFast, 32),
        ("beta-slow", BetaSlow, 1),
        ("truncate", Truncate, true),
        ("extrapolation", ExtrapolationFactor, 1),
        ("mscale", Mscale, null),
        ("mscale-all-dim", MscaleAllDim, null));

    private double FormulaAttentionFactor => Mscale is > 0 and { } k && MscaleAllDim is > 0 and { } all
        ? AttentionFactors.Yarn(Factor, k) / AttentionFactors.Yarn(Factor, all)
        : AttentionFactors.Yarn(Factor);

    /// <inheritdoc/>
    protected override RopeFrequencies Compute(long sequenceLength)
    {
        var parts = new NtkByPartsScaling(Geometry, Factor, BetaFast, BetaSlow, Truncate, ExtrapolationFactor).At(sequenceLength);
        return new(parts.InverseFrequencies, AttentionFactor);
    }

    internal static YarnScaling FromSpec(RopeGeometry geometry, SpecArguments spec) => new(geometry, spec.Factor())
    {
        ExplicitAttentionFactor = spec.OptionalNumber("attention"),
        AttentionMultiplier = spec.Number("attention-multiplier", 1),
        BetaFast = spec.Number("beta-fast", 32),
        BetaSlow = spec.Number("beta-slow", 1),
        Truncate = spec.Flag("truncate", fallback: true),
        ExtrapolationFactor = spec.NumberOrZero("extrapolation", 1),
        Mscale = spec.OptionalNumberOrZero("mscale"),
        MscaleAllDim = spec.OptionalNumberOrZero("mscale-all-dim"),
    };
}
