namespace Ropewalk.Positions.Plans;

/// <summary>The position that each token of a sequence is rotated to, as a function of its index alone. Bands that share a map share the object:
/// two bands whose key maps are the same object read the same rotated keys.</summary>
public sealed class PositionMap
{
    private readonly Func<long, double> position;

    internal PositionMap(Func<long, double> position) => this.position = position;

    /// <summary>Every token at its own index.</summary>
    public static PositionMap Index { get; } = new(index => index);

    /// <summary>Position in tokens, finite and at least 0; not always whole.</summary>
    /// <param name="index">Index of the token, at least 0.</param>
    public double At(long index) => position(index);

    /// <summary>Positions of consecutive tokens, as <see cref="RotaryAngles.Fill(RopeFrequencies, ReadOnlySpan{double}, Span{float}, Span{float})"/> takes them.</summary>
    /// <param name="firstIndex">Index of the first token, at least 0.</param>
    /// <param name="positions">Result, one entry a token.</param>
    public void Fill(long firstIndex, Span<double> positions)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstIndex);
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = position(firstIndex + i);
        }
    }
}
