using System.Globalization;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Doctor;

/// <summary>An encoding in words.</summary>
internal static class EncodingText
{
    /// <summary>Method, numbers that matter, base, attention factor at a length.</summary>
    public static string Of(RopeScaling scaling, long length)
    {
        var geometry = scaling.Geometry;
        var method = scaling switch
        {
            NoScaling => "plain positions",
            LinearScaling linear => $"linear, factor {Shown(linear.Factor)}",
            DynamicNtkScaling dynamic => $"dynamic NTK, factor {Shown(dynamic.Factor)} beyond {geometry.OriginalContext} tokens, here at {length}",
            YarnScaling yarn => $"yarn, factor {Shown(yarn.Factor)}, ramp over {geometry.OriginalContext} tokens",
            Llama3Scaling llama3 => $"llama3, factor {Shown(llama3.Factor)}, original length {geometry.OriginalContext}",
            LongRopeScaling { Entries: [var one, var two] } when one.RescaleFactors.AsSpan().SequenceEqual(two.RescaleFactors.AsSpan()) => "longrope, the same factors at every length",
            LongRopeScaling => $"longrope, long factors beyond {geometry.OriginalContext} tokens",
            _ => scaling.Name,
        };
        var attention = scaling.At(length).AttentionFactor;
        return $"{method}, base {Shown(geometry.Base)}{(attention.Equals(1) ? "" : $", attention factor {Shown(attention)}")}";
    }

    private static string Shown(double value) => value.ToString("G7", CultureInfo.InvariantCulture);
}
