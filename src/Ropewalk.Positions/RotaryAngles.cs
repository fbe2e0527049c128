namespace Ropewalk.Positions;

/// <summary>Tables of cosines and sines. Angles are float64 until the cosine is taken: a float32 angle is wrong by about
/// 6e-8 of itself, which is 0.1 radian at position 2^21.</summary>
public static class RotaryAngles
{
    /// <summary>Fills the rows of consecutive positions.</summary>
    /// <param name="f">Frequencies, P pairs.</param>
    /// <param name="firstPosition">Position of row 0, at least 0.</param>
    /// <param name="count">Number of rows T.</param>
    /// <param name="cos">Result cos(m f'_i) * a, row-major T x P.</param>
    /// <param name="sin">Result sin(m f'_i) * a, row-major T x P.</param>
    /// <exception cref="ArgumentException">A span is shorter than T * P.</exception>
    public static void Fill(RopeFrequencies f, long firstPosition, int count, Span<float> cos, Span<float> sin)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstPosition);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        CheckLengths(f, count, cos, sin);
        for (var row = 0; row < count; row++)
        {
            FillRow(f, firstPosition + row, cos.Slice(row * f.Pairs, f.Pairs), sin.Slice(row * f.Pairs, f.Pairs));
        }
    }

    /// <summary>Fills one row for each given position; the positions (at least 0) may repeat and be in any order.</summary>
    /// <param name="f">Frequencies, P pairs.</param>
    /// <param name="positions">T positions.</param>
    /// <param name="cos">Result, row-major T x P.</param>
    /// <param name="sin">Result, row-major T x P.</param>
    /// <exception cref="ArgumentException">A span is shorter than T * P.</exception>
    public static void Fill(RopeFrequencies f, ReadOnlySpan<long> positions, Span<float> cos, Span<float> sin)
    {
        CheckLengths(f, positions.Length, cos, sin);
        for (var row = 0; row < positions.Length; row++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(positions[row], nameof(positions));
            FillRow(f, positions[row], cos.Slice(row * f.Pairs, f.Pairs), sin.Slice(row * f.Pairs, f.Pairs));
        }
    }

    /// <summary>Fills one row for each given position, whole or not, as a position plan has them; finite and at least 0, in any order.</summary>
    /// <param name="f">Frequencies, P pairs.</param>
    /// <param name="positions">T positions.</param>
    /// <param name="cos">Result, row-major T x P.</param>
    /// <param name="sin">Result, row-major T x P.</param>
    /// <exception cref="ArgumentException">A span is shorter than T * P.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A position is negative, infinite or no number.</exception>
    public static void Fill(RopeFrequencies f, ReadOnlySpan<double> positions, Span<float> cos, Span<float> sin)
    {
        CheckLengths(f, positions.Length, cos, sin);
        for (var row = 0; row < positions.Length; row++)
        {
            if (!(positions[row] >= 0 && double.IsFinite(positions[row])))
            {
                throw new ArgumentOutOfRangeException(nameof(positions), positions[row], "a position is a finite number of at least 0");
            }

            FillRow(f, positions[row], cos.Slice(row * f.Pairs, f.Pairs), sin.Slice(row * f.Pairs, f.Pairs));
        }
    }

    /// <summary>What a position turns by, radians a token: a start token has its original angle, not a shifted one (2402.13753).</summary>
    public static ReadOnlySpan<double> InverseFrequencies(RopeFrequencies f, double position) =>
        (position < f.StartTokens ? f.StartInverseFrequencies : f.InverseFrequencies).AsSpan();

    private static void FillRow(RopeFrequencies f, double position, Span<float> cosP, Span<float> sinP)
    {
        var frequencies = InverseFrequencies(f, position);
        for (var i = 0; i < frequencies.Length; i++)
        {
            var (sin, cos) = Math.SinCos(position * frequencies[i]);
            cosP[i] = (float)(cos * f.AttentionFactor);
            sinP[i] = (float)(sin * f.AttentionFactor);
        }
    }

    private static void CheckLengths(RopeFrequencies f, int rows, Span<float> cos, Span<float> sin)
    {
        var needed = (long)rows * f.Pairs;
        if (cos.Length < needed || sin.Length < needed)
        {
            throw new ArgumentException($"cos has {cos.Length} and sin {sin.Length} entries, {rows} rows of {f.Pairs} pairs need {needed}", nameof(cos));
        }
    }
}
