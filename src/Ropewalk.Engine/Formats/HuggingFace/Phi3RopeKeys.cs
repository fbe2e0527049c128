using System.Text.Json.Nodes;
using Ropewalk.Positions;

namespace Ropewalk.Engine.Formats.HuggingFace;

/// <summary>What Transformers' class of phi3 takes of an encoding: plain positions or longrope, and before 5.x a rope_scaling of exactly three
/// keys. The attention factor is then the one that it derives from max_position_embeddings and the original length.</summary>
internal static class Phi3RopeKeys
{
    /// <summary>The class's model_type.</summary>
    public const string ModelType = "phi3";

    /// <summary>It is there where the attention factor is not the one that follows.</summary>
    private const string Mscale = "short_mscale";

    /// <summary>Refuses what the class would refuse when it is loaded.</summary>
    /// <param name="keys">The method and its numbers; empty for plain positions.</param>
    /// <param name="style">Generation of keys.</param>
    /// <param name="name">The method, for errors.</param>
    /// <exception cref="UserInputException">The class does not take them.</exception>
    public static void Require(JsonObject keys, RopeConfigStyle style, string name)
    {
        if (keys["rope_type"] is { } method && method.GetValue<string>() != "longrope")
        {
            throw new UserInputException($"{name}: found it for model_type phi3, of which Transformers takes longrope alone, expected longrope (a GGUF file can hold linear and yarn too: export --target gguf)");
        }

        if (style == RopeConfigStyle.V4 && keys.ContainsKey(Mscale))
        {
            throw new UserInputException(
                $"{name}: found attention factor {RopeFields.Shown(keys["attention_factor"]!.GetValue<double>())} for model_type phi3, for which Transformers 4.x has no key, expected the one that follows from target / original, or keys of style V5");
        }
    }

    /// <summary>The keys as releases before 5.x want them, or all of them where three do not say the same.</summary>
    public static JsonObject Three(JsonObject keys) => !SaysAll(keys) ? keys : new JsonObject
    {
        ["type"] = "longrope",
        ["short_factor"] = keys["short_factor"]!.DeepClone(),
        ["long_factor"] = keys["long_factor"]!.DeepClone(),
    };

    /// <summary>Whether nothing is lost with the other keys.</summary>
    private static bool SaysAll(JsonObject keys) => keys.ContainsKey("long_factor") && !keys.ContainsKey(Mscale);
}
