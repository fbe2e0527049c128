using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Export;

/// <summary>Writes a method into the config of an embedder, in the keys that its architecture's own code reads.</summary>
internal static class EmbedderConfig
{
    private const string Length = "max_position_embeddings";

    /// <summary>Edits the config.</summary>
    /// <param name="config">The root object.</param>
    /// <param name="model">The model as trained.</param>
    /// <param name="encoder">What its config says, null for a decoder.</param>
    /// <param name="method">The method.</param>
    /// <param name="target">Tokens of the longest text to be.</param>
    /// <param name="notes">Takes what the user should know.</param>
    /// <returns>The method in the words of the config, which give the same bits when they are read back.</returns>
    /// <exception cref="UserInputException">The config cannot say it.</exception>
    public static EncoderMethod Write(JsonObject config, TextEncoder model, EncoderDescription? encoder, EncoderMethod method, int target, List<string> notes)
    {
        if (model.Rope is not { } rope)
        {
            config[Length] = encoder!.FirstPosition + target;
            return method;
        }

        var scaling = method.Scaling ?? throw new UserInputException($"--method: found {method.Spec}, expected a scaling");
        var plan = new RopePlan(model.Name, model.Architecture, "", rope.Geometry, target, scaling, FactorSets: null);
        var said = ConfigScaling.Of(plan, "huggingface", notes);
        switch (model.Architecture)
        {
            case "nomic_bert":
                WriteNomic(config, said, target, notes);
                break;
            case "modernbert":
                WriteModern(config, encoder!, said, target, notes);
                break;
            default:
                var style = config["rope_parameters"] is JsonObject ? RopeConfigStyle.V5 : RopeConfigStyle.V4;
                notes.AddRange(RopeConfigWriter.Write(config, said, target, style));
                break;
        }

        return method with { Scaling = said };
    }

    /// <summary>Its code knows a base, and dynamic NTK past max_trained_positions where rotary_scaling_factor is set; nothing else.</summary>
    private static void WriteNomic(JsonObject config, RopeScaling scaling, int target, List<string> notes)
    {
        switch (scaling)
        {
            case BaseScaling changed:
                config["rotary_emb_base"] = changed.NewBase;
                config["rotary_scaling_factor"] = null;
                break;
            case DynamicNtkScaling dynamic:
                config["rotary_scaling_factor"] = dynamic.Factor;
                notes.Add("dynamic NTK: the published code takes the length of the padded batch, and keeps the angles of the longest text so far for shorter ones");
                break;
            default:
                throw new UserInputException($"--method: found {scaling.Spec}, which the config of nomic_bert cannot say, expected ntk, base:THETA or dynamic; ropewalk embed --method {scaling.Spec} uses it without an export");
        }

        config["max_trained_positions"] = scaling.Geometry.OriginalContext;
        config["n_positions"] = target;
    }

    /// <summary>A base for the layers that see the whole text is known to every release; whatever else is an object for each kind of layer, as
    /// Transformers 5 has it: before, rope_scaling would turn the local layers too, and flash attention would read none of it.</summary>
    private static void WriteModern(JsonObject config, EncoderDescription encoder, RopeScaling scaling, int target, List<string> notes)
    {
        const string Global = "global_rope_theta";
        const string Local = "local_rope_theta";
        if (scaling is BaseScaling changed && config["rope_parameters"] is null && config["rope_scaling"] is null)
        {
            config[Global] = changed.NewBase;
            config[Length] = target;
            return;
        }

        var isOld = config["rope_parameters"] is null;
        if (isOld)
        {
            config["rope_parameters"] = new JsonObject
            {
                [RopeLayerTypes.Full] = Plain(encoder.Rope!.Geometry.Base),
                [RopeLayerTypes.Sliding] = Plain(encoder.LocalRope!.Geometry.Base),
            };
        }

        notes.AddRange(RopeConfigWriter.Write(config, scaling, target, RopeConfigStyle.V5));
        config.Remove(Global);
        config.Remove(Local);
        if (isOld)
        {
            notes.Add("rope_parameters is read from Transformers 5 on; earlier ones would turn by plain positions");
        }
    }

    private static JsonObject Plain(double thetaBase) => new() { ["rope_type"] = "default", ["rope_theta"] = thetaBase };
}
