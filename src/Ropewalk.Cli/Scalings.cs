using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>The scaling that a command uses: --scaling, or what config.json says.</summary>
internal static class Scalings
{
    public static RopeScaling Choose(string? spec, RopeConfig rope) =>
        spec is null ? rope.Scaling : RopeScalingRegistry.Parse(spec, rope.Geometry, path => RopeFactorsFile.Read(path, rope.Geometry));
}
