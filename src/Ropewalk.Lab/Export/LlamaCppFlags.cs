using System.Collections.Immutable;
using System.Globalization;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Export;

/// <summary>A plan as flags of llama.cpp's programs (common/arg.cpp), for a file with plain positions. They express linear, YaRN and another base; lists of factors and
/// llama3 scaling are tensors of the file, and YaRN's attention factor is computed by the program (--yarn-attn-factor has no effect on it).</summary>
internal static class LlamaCppFlags
{
    private const string Supported = "linear, ntk, base or yarn as published (a GGUF file can hold longrope and llama3 factors and another attention factor: --target gguf)";

    /// <summary>The flags.</summary>
    /// <exception cref="UserInputException">Flags cannot express the method.</exception>
    public static ImmutableArray<string> Of(RopeScaling scaling)
    {
        switch (scaling)
        {
            case LinearScaling linear:
                return ["--rope-scaling", "linear", "--rope-scale", Text(linear.Factor)];
            case BaseScaling changed:
                return ["--rope-freq-base", Text(changed.NewBase)];
            case YarnScaling { Truncate: true, ExtrapolationFactor: 1 } yarn when Math.Abs((yarn.AttentionFactor / AttentionFactors.Yarn(yarn.Factor)) - 1) < 1e-7:
                ImmutableArray<string> flags = ["--rope-scaling", "yarn", "--rope-scale", Text(yarn.Factor), "--yarn-orig-ctx", Text(yarn.Geometry.OriginalContext)];
                return yarn.BetaFast.Equals(32) && yarn.BetaSlow.Equals(1) ? flags : [.. flags, "--yarn-beta-fast", Text(yarn.BetaFast), "--yarn-beta-slow", Text(yarn.BetaSlow)];
            default:
                throw new UserInputException($"--target llama.cpp: found {scaling.Spec}, which its flags cannot express; expected {Supported}");
        }
    }

    /// <summary>What llama.cpp computes under the flags, from their text (src/llama-context.cpp).</summary>
    /// <param name="flags">Flags and values.</param>
    /// <param name="geometry">The file's own encoding.</param>
    public static RopeScaling Read(ImmutableArray<string> flags, RopeGeometry geometry)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < flags.Length; i += 2)
        {
            values[flags[i]] = flags[i + 1];
        }

        double Number(string flag, double byDefault) => values.TryGetValue(flag, out var text) ? float.Parse(text, CultureInfo.InvariantCulture) : byDefault;
        var based = new RopeGeometry(geometry.RotaryDimension, Number("--rope-freq-base", geometry.Base), (int)Number("--yarn-orig-ctx", geometry.OriginalContext));
        return values.GetValueOrDefault("--rope-scaling") switch
        {
            null => new NoScaling(based),
            "linear" => new LinearScaling(based, Number("--rope-scale", 1)),
            _ => new YarnScaling(based, Number("--rope-scale", 1)) { BetaFast = Number("--yarn-beta-fast", 32), BetaSlow = Number("--yarn-beta-slow", 1) },
        };
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
