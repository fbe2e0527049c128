using System.Text.Json.Nodes;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Engine.Formats.HuggingFace;

/// <summary>Hugging Face's keys for the methods that are a name and a few numbers.</summary>
internal static class RopeScalingKeys
{
    /// <summary>The keys of a method, empty for plain positions.</summary>
    /// <param name="scaling">linear, dynamic, yarn, llama3, base or none.</param>
    /// <param name="targetContext">The length that is meant, at least the original context.</param>
    /// <param name="thetaBase">rope_theta.</param>
    /// <param name="maximum">max_position_embeddings: the length that is meant, but the window before scaling for linear and dynamic, as Transformers and vLLM count it.</param>
    /// <exception cref="UserInputException">There are no keys for the method.</exception>
    public static JsonObject Of(RopeScaling scaling, int targetContext, out double thetaBase, out int maximum)
    {
        var original = scaling.Geometry.OriginalContext;
        if (targetContext < original)
        {
            throw new UserInputException($"target context: found {targetContext}, expected at least the original context {original}");
        }

        thetaBase = scaling is BaseScaling changed ? changed.NewBase : scaling.Geometry.Base;
        maximum = scaling is LinearScaling or DynamicNtkScaling ? original : targetContext;
        return scaling switch
        {
            NoScaling or BaseScaling => [],
            LinearScaling linear => new JsonObject { ["rope_type"] = "linear", ["factor"] = linear.Factor },
            DynamicNtkScaling dynamic => new JsonObject { ["rope_type"] = "dynamic", ["factor"] = dynamic.Factor },
            Llama3Scaling llama3 => new JsonObject
            {
                ["rope_type"] = "llama3",
                ["factor"] = llama3.Factor,
                ["low_freq_factor"] = llama3.LowFrequencyFactor,
                ["high_freq_factor"] = llama3.HighFrequencyFactor,
                ["original_max_position_embeddings"] = original,
            },
            YarnScaling { ExtrapolationFactor: 1 } yarn => Yarn(yarn),
            _ => throw new UserInputException($"{scaling.Name}: found a method that no config.json has keys for ({scaling.Spec}), expected linear, dynamic, yarn without an extrapolation factor, llama3, base or longrope"),
        };
    }

    /// <summary>Keys at their defaults are left out: old programs know fewer of them.</summary>
    private static JsonObject Yarn(YarnScaling yarn)
    {
        var keys = new JsonObject { ["rope_type"] = "yarn", ["factor"] = yarn.Factor, ["original_max_position_embeddings"] = yarn.Geometry.OriginalContext };
        Add("beta_fast", yarn.BetaFast, 32);
        Add("beta_slow", yarn.BetaSlow, 1);
        if (!yarn.Truncate)
        {
            keys["truncate"] = false;
        }

        if (yarn.ExplicitAttentionFactor is not null || !yarn.AttentionMultiplier.Equals(1))
        {
            keys["attention_factor"] = yarn.AttentionFactor;
        }
        else if (yarn is { Mscale: { } mscale, MscaleAllDim: { } all })
        {
            keys["mscale"] = mscale;
            keys["mscale_all_dim"] = all;
        }

        return keys;

        void Add(string key, double value, double byDefault)
        {
            if (!value.Equals(byDefault))
            {
                keys[key] = value;
            }
        }
    }
}
