using System.Collections.Immutable;

namespace Ropewalk.Positions;

/// <summary>What a scaling method yields for one sequence: the angle of every pair and the attention factor.
/// Two values are equal when every number in them is equal.</summary>
public sealed record RopeFrequencies
{
    /// <summary>Creates the frequencies of a sequence.</summary>
    /// <param name="inverseFrequencies">f'_i in radians per token, d/2 entries, finite and at least 0 (0: the pair does not turn).</param>
    /// <param name="attentionFactor">a: multiplies cos and sin of queries and of keys, so a logit grows by a^2. Finite and above 0.</param>
    /// <param name="startTokens">n-hat (2402.13753): positions below it turn by <paramref name="startInverseFrequencies"/>. At least 0.</param>
    /// <param name="startInverseFrequencies">The unscaled f_i, d/2 entries; needed, and kept, only where there are start tokens.</param>
    /// <exception cref="UserInputException">A value is outside its range or a list has the wrong length.</exception>
    public RopeFrequencies(
        ImmutableArray<double> inverseFrequencies,
        double attentionFactor = 1,
        int startTokens = 0,
        ImmutableArray<double> startInverseFrequencies = default)
    {
        InverseFrequencies = Checked("inverse frequencies", inverseFrequencies);
        AttentionFactor = Require.Positive("attention factor", attentionFactor);
        StartTokens = Require.AtLeast("start tokens", startTokens, 0);

        // Without start tokens there is nothing to tell apart: one spelling, so that equality means the same angles.
        StartInverseFrequencies = startTokens == 0 ? InverseFrequencies : Checked("start inverse frequencies", startInverseFrequencies);
        if (StartInverseFrequencies.Length != InverseFrequencies.Length)
        {
            throw new UserInputException($"start inverse frequencies: found {StartInverseFrequencies.Length} entries, expected {InverseFrequencies.Length}");
        }
    }

    /// <summary>f'_i in radians per token, d/2 entries.</summary>
    public ImmutableArray<double> InverseFrequencies { get; }

    /// <summary>a: multiplies cos and sin of both queries and keys.</summary>
    public double AttentionFactor { get; }

    /// <summary>n-hat: positions below it turn by <see cref="StartInverseFrequencies"/>; 0 = none.</summary>
    public int StartTokens { get; }

    /// <summary>Inverse frequencies of the start tokens, d/2 entries; the same as <see cref="InverseFrequencies"/> when there are none.</summary>
    public ImmutableArray<double> StartInverseFrequencies { get; }

    /// <summary>Number of rotated pairs, d/2.</summary>
    public int Pairs => InverseFrequencies.Length;

    /// <summary>Wavelengths 2 pi / f'_i in tokens, d/2 entries; infinite where the pair does not turn.</summary>
    public ImmutableArray<double> Wavelengths => [.. InverseFrequencies.Select(f => Math.Tau / f)];

    /// <summary>SHA-256, lower-case hex, of the little-endian float64 sequence: inverse frequencies, attention factor, start tokens,
    /// and, where there are start tokens, their inverse frequencies.</summary>
    public string Fingerprint => RopeFingerprint.Of(
    [
        .. InverseFrequencies,
        AttentionFactor,
        StartTokens,
        .. StartTokens > 0 ? StartInverseFrequencies : [],
    ]);

    /// <summary>Rescale factors lambda_i = f_i / f'_i against the unscaled encoding, d/2 entries; infinite where the pair does not turn.</summary>
    /// <exception cref="ArgumentException">The geometry has another number of pairs.</exception>
    public ImmutableArray<double> RescaleFactors(RopeGeometry geometry)
    {
        if (geometry.Pairs != Pairs)
        {
            throw new ArgumentException($"the geometry has {geometry.Pairs} pairs, the frequencies {Pairs}", nameof(geometry));
        }

        return geometry.Map(i => geometry.InverseFrequency(i) / InverseFrequencies[i]);
    }

    /// <summary>True when every number is equal.</summary>
    public bool Equals(RopeFrequencies? other) =>
        other is not null
        && AttentionFactor.Equals(other.AttentionFactor)
        && StartTokens == other.StartTokens
        && InverseFrequencies.AsSpan().SequenceEqual(other.InverseFrequencies.AsSpan())
        && StartInverseFrequencies.AsSpan().SequenceEqual(other.StartInverseFrequencies.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Pairs, AttentionFactor, StartTokens, InverseFrequencies[0], InverseFrequencies[^1]);

    private static ImmutableArray<double> Checked(string name, ImmutableArray<double> values)
    {
        if (values.IsDefaultOrEmpty)
        {
            throw new UserInputException($"{name}: found no entries, expected one per rotated pair");
        }

        for (var i = 0; i < values.Length; i++)
        {
            Require.NotNegative($"{name}[{i}]", values[i]);
        }

        return values;
    }
}
