using System.Collections.Immutable;
using System.Globalization;

namespace Ropewalk.Positions;

/// <summary>Checks of constructor arguments; every failure is one line with the name, what was found and what was expected.</summary>
internal static class Require
{
    public static double Positive(string name, double value) =>
        double.IsFinite(value) && value > 0 ? value : throw Bad(name, value, "a finite number above 0");

    public static double NotNegative(string name, double value) =>
        double.IsFinite(value) && value >= 0 ? value : throw Bad(name, value, "a finite number of at least 0");

    public static double Above(string name, double value, double limit) =>
        double.IsFinite(value) && value > limit ? value : throw Bad(name, value, $"a finite number above {Number(limit)}");

    public static int AtLeast(string name, int value, int minimum) =>
        value >= minimum ? value : throw Bad(name, value, $"a whole number of at least {minimum}");

    public static double AtLeast(string name, double value, double minimum) =>
        double.IsFinite(value) && value >= minimum ? value : throw Bad(name, value, $"a finite number of at least {Number(minimum)}");

    /// <summary>Checks a whole number against two limits; <paramref name="maximumIs"/> says what the upper one is.</summary>
    public static int Between(string name, int value, int minimum, int maximum, string maximumIs) =>
        value >= minimum && value <= maximum
            ? value
            : throw Bad(name, value, $"a whole number of at least {minimum} and at most {maximum} ({maximumIs})");

    /// <summary>Checks one rescale factor per pair, each finite and above 0.</summary>
    public static ImmutableArray<double> Factors(string name, ImmutableArray<double> factors, int pairs)
    {
        if (factors.IsDefault || factors.Length != pairs)
        {
            throw new UserInputException($"{name}: found {(factors.IsDefault ? 0 : factors.Length)} entries, expected {pairs} (one per rotated pair)");
        }

        for (var i = 0; i < pairs; i++)
        {
            Positive($"{name}[{i}]", factors[i]);
        }

        return factors;
    }

    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static UserInputException Bad(string name, double found, string expected) =>
        new($"{name}: found {Number(found)}, expected {expected}");
}
