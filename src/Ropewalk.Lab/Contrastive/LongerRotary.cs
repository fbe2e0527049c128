using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Contrastive;

/// <summary>Writes into an embedder's config how its rotary positions reach further.</summary>
public static class LongerRotary
{
    /// <summary>Writes a scaling and a window.</summary>
    /// <param name="config">config.json.</param>
    /// <param name="file">For errors.</param>
    /// <param name="scaling">What is in force; null for the config's own.</param>
    /// <param name="window">The new window.</param>
    /// <exception cref="UnsupportedCheckpointException">The config has no words for the scaling.</exception>
    public static void Write(JsonObject config, string file, RopeScaling? scaling, int window)
    {
        var type = (string?)config["model_type"];
        if (type is not ("nomic_bert" or "modernbert"))
        {
            if (scaling is null or NoScaling)
            {
                config["max_position_embeddings"] = window;
            }
            else
            {
                _ = RopeConfigWriter.Write(config, scaling, window, RopeConfigWriter.StyleFor(config));
            }

            return;
        }

        var isNomic = type == "nomic_bert";
        config[isNomic ? "n_positions" : "max_position_embeddings"] = window;
        if (scaling is null or NoScaling)
        {
            return;
        }

        if (NewBase(scaling) is { } newBase && config["rope_parameters"] is null)
        {
            config[isNomic ? "rotary_emb_base" : "global_rope_theta"] = newBase;
            if (isNomic)
            {
                // What was there is dynamic NTK, which readers would add to the base.
                config["rotary_scaling_factor"] = null;
                config["max_trained_positions"] = scaling.Geometry.OriginalContext;
            }
        }
        else if (isNomic && scaling is DynamicNtkScaling dynamic)
        {
            config["rotary_scaling_factor"] = dynamic.Factor;
            config["max_trained_positions"] = dynamic.Geometry.OriginalContext;
        }
        else
        {
            throw new UnsupportedCheckpointException(file, "model_type", $"{type} with {scaling.Spec}", "base or ntk (nomic_bert: dynamic too), for which its config has keys");
        }
    }

    /// <summary>The base that a scaling is, where it is nothing else.</summary>
    private static double? NewBase(RopeScaling scaling) => scaling switch
    {
        BaseScaling to => to.NewBase,
        NtkScaling ntk => ntk.Geometry.Base * Math.Pow(ntk.Alpha, ntk.Geometry.RotaryDimension / (ntk.Geometry.RotaryDimension - 2.0)),
        _ => null,
    };
}
