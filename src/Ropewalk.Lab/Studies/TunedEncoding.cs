using Ropewalk.Engine.Formats;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Studies;

/// <summary>The encoding under which a model is tuned for a window: a published method by its name alone, set for that window as its authors set it, or a
/// spec with numbers of its own.</summary>
public static class TunedEncoding
{
    /// <summary>The names without a number.</summary>
    public static IReadOnlyList<string> Names { get; } = ["linear", "ntk", "yarn"];

    /// <summary>The encoding.</summary>
    /// <param name="spec">linear, ntk, yarn, or what --scaling takes.</param>
    /// <param name="geometry">The encoding as trained.</param>
    /// <param name="length">n.</param>
    /// <exception cref="UserInputException">It is none of them.</exception>
    public static RopeScaling At(string spec, RopeGeometry geometry, int length)
    {
        var s = (double)length / geometry.OriginalContext;
        return spec switch
        {
            "linear" => new LinearScaling(geometry, s),
            "yarn" => new YarnScaling(geometry, s),

            // The same frequencies as NTK's, in words that a config has.
            "ntk" when geometry.RotaryDimension > 2 => new BaseScaling(geometry, geometry.Base * Math.Pow(s, geometry.RotaryDimension / (geometry.RotaryDimension - 2.0))),
            _ => RopeScalingRegistry.Parse(spec, geometry, path => RopeFactorsFile.Read(path, geometry)),
        };
    }
}
