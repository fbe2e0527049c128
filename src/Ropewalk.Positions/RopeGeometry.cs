using System.Collections.Immutable;

namespace Ropewalk.Positions;

/// <summary>The rotary encoding that a model was trained with: what every scaling method starts from.</summary>
/// <param name="RotaryDimension">Rotated entries d of one head, even and at least 2; pairs = d/2.</param>
/// <param name="Base">The base b (rope_theta), finite and above 0.</param>
/// <param name="OriginalContext">The window L that the model was trained for, in tokens, at least 1.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public sealed record RopeGeometry(int RotaryDimension, double Base, int OriginalContext)
{
    /// <summary>Rotated entries d of one head.</summary>
    public int RotaryDimension { get; } = RotaryDimension >= 2 && RotaryDimension % 2 == 0
        ? RotaryDimension
        : throw new UserInputException($"rotary dimension: found {RotaryDimension}, expected an even number of at least 2");

    /// <summary>The base b (rope_theta).</summary>
    public double Base { get; } = Require.Positive("base", Base);

    /// <summary>The trained window L in tokens.</summary>
    public int OriginalContext { get; } = Require.AtLeast("original context", OriginalContext, 1);

    /// <summary>Number of rotated pairs, d/2.</summary>
    public int Pairs => RotaryDimension / 2;

    /// <summary>Unscaled inverse frequency f_i = b^(-2i/d) in radians per token (2104.09864); pair 0 is 1.</summary>
    /// <param name="pair">Pair index, 0 to d/2-1.</param>
    public double InverseFrequency(int pair)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pair);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(pair, Pairs);
        return Math.Pow(Base, -2.0 * pair / RotaryDimension);
    }

    /// <summary>All unscaled inverse frequencies, d/2 entries.</summary>
    public ImmutableArray<double> InverseFrequencies() => Map(pair => InverseFrequency(pair));

    /// <summary>One value per pair, d/2 entries.</summary>
    internal ImmutableArray<double> Map(Func<int, double> valueOfPair)
    {
        var values = ImmutableArray.CreateBuilder<double>(Pairs);
        for (var i = 0; i < Pairs; i++)
        {
            values.Add(valueOfPair(i));
        }

        return values.MoveToImmutable();
    }
}
