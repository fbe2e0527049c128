using System.Collections.Immutable;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Engine.Formats.HuggingFace;

/// <summary>The rotary encoding that a config.json describes.</summary>
/// <param name="Scaling">The method. Its own geometry differs from <paramref name="Geometry"/> where Transformers computes with
/// max_position_embeddings instead of the original length (dynamic NTK always, YaRN before 4.48).</param>
/// <param name="Geometry">The encoding as trained; its context is original_max_position_embeddings, or max_position_embeddings where
/// the config has no original length.</param>
/// <param name="MaximumContext">max_position_embeddings in tokens.</param>
/// <param name="Notes">One line each: what was ignored, and what other releases or engines would read differently.</param>
public sealed record RopeConfig(RopeScaling Scaling, RopeGeometry Geometry, int MaximumContext, ImmutableArray<string> Notes)
{
    /// <summary>Tokens of the longest text that the encoding is meant for: <see cref="MaximumContext"/>, times the factor of the methods for which
    /// that key is the window before scaling (linear and dynamic, as vLLM counts them too). Where linear has an original length of its own, the key is the scaled window.</summary>
    public int ScaledContext => Scaling switch
    {
        LinearScaling { Factor: > 1 } linear when Geometry.OriginalContext == MaximumContext => Scaled(linear.Factor),
        DynamicNtkScaling { Factor: > 1 } dynamic => Scaled(dynamic.Factor),
        _ => MaximumContext,
    };

    private int Scaled(double factor) => (int)Math.Min(int.MaxValue, Math.Round(factor * MaximumContext));
}
