using System.Collections.Immutable;

namespace Ropewalk.Positions.Scaling;

/// <summary>The known methods written as LongRoPE rescale factors lambda_i: where a search starts (2402.13753). All have d/2 entries.</summary>
public static class LongRopeSeeds
{
    /// <summary>Position interpolation: lambda_i = s.</summary>
    /// <exception cref="UserInputException">A value is outside its range.</exception>
    public static ImmutableArray<double> Linear(double s, int rotaryDimension)
    {
        Require.Positive("scale", s);
        return AnyBase(rotaryDimension).Map(_ => s);
    }

    /// <summary>NTK in the LongRoPE paper's form: lambda_i = s^(2i/d). Its last pair stays a little below s, unlike <see cref="NtkScaling"/>.</summary>
    /// <exception cref="UserInputException">A value is outside its range.</exception>
    public static ImmutableArray<double> Ntk(double s, int rotaryDimension)
    {
        Require.Positive("scale", s);
        return AnyBase(rotaryDimension).Map(i => Math.Pow(s, 2.0 * i / rotaryDimension));
    }

    /// <summary>YaRN exactly: lambda_i = f_i / f'_i of <see cref="NtkByPartsScaling"/>.</summary>
    /// <exception cref="UserInputException">A value is outside its range.</exception>
    public static ImmutableArray<double> Yarn(RopeGeometry geometry, double s, double betaFast = 32, double betaSlow = 1) =>
        new NtkByPartsScaling(geometry, s, betaFast, betaSlow).At(geometry.OriginalContext).RescaleFactors(geometry);

    /// <summary>The seed of the released search code: lambda_i = s (1 - mask_i) + mask_i. It averages wavelengths where YaRN averages
    /// frequencies, so it is not YaRN inside the ramp. The code takes beta 128 and 2 for Mistral.</summary>
    /// <exception cref="UserInputException">A value is outside its range.</exception>
    public static ImmutableArray<double> YarnMask(RopeGeometry geometry, double s, double betaFast = 32, double betaSlow = 1)
    {
        Require.Positive("scale", s);
        var mask = YarnRamp.Mask(geometry, betaFast, betaSlow);
        return geometry.Map(i => (s * (1 - mask[i])) + mask[i]);
    }

    // These seeds depend on the width alone; base and context are placeholders.
    private static RopeGeometry AnyBase(int rotaryDimension) => new(rotaryDimension, 10000, 1);
}
