using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Doctor;

/// <summary>Computes what each engine makes of a config: the rules of three eras of Transformers (modeling_rope_utils: _compute_*_parameters),
/// vLLM's get_rope, and llama.cpp's converter and context (conversion/base.py, src/llama-context.cpp).</summary>
internal static class EngineReadings
{
    /// <summary>The base of model classes that get none.</summary>
    private const double ClassBase = 10000;

    /// <summary>Keys of other conventions: everyone but the model's own code overlooks them.</summary>
    private static readonly string[] s_overlooked = ["rope_scaling_factor", "rope_ntk_alpha", "rope_ntk_beta", "rotary_scaling_factor", "use_dynamic_ntk"];

    /// <summary>One reading for each engine, in the order of <see cref="Engines.All"/>.</summary>
    public static ImmutableArray<EngineReading> Of(RopeSettings rope)
    {
        var modern = Config(rope, keepNew: true);
        var old = Config(rope, keepNew: false);
        return
        [
            Read(Engines.Transformers44, rope, old, RopeConfigEra.V4),
            Read(Engines.Transformers457, rope, old, RopeConfigEra.V457),
            Read(Engines.Transformers5, rope, modern, RopeConfigEra.V5),
            Read(Engines.Vllm, rope, modern, RopeConfigEra.V5, InVllm),
            Read(Engines.LlamaCpp, rope, modern, RopeConfigEra.V5, InLlamaCpp),
            Ours(rope),
        ];
    }

    /// <summary>What llama.cpp and we make of a GGUF file; nobody else reads it.</summary>
    public static ImmutableArray<EngineReading> OfGguf(RopeSettings rope)
    {
        var ours = Ours(rope);
        if (ours.Frequencies is null)
        {
            return [ours];
        }

        var read = RopeConfigReader.Read(RopeLayerTypes.Select(rope.Config, RopeLayerTypes.Full), "config");
        var scaling = read.Scaling is YarnScaling yarn && !LlamaCppSupport.ReadsTurns(rope.ModelType) ? yarn with { BetaFast = 32, BetaSlow = 1 } : read.Scaling;
        var note = scaling is LongRopeScaling ? " (chosen by the context's size)" : "";
        return [new(Engines.LlamaCpp, EncodingText.Of(scaling, read.MaximumContext) + note, scaling.At(read.MaximumContext)), ours];
    }

    private static EngineReading Ours(RopeSettings rope)
    {
        try
        {
            var config = rope.ModelType == "gemma3_text" ? RopeLayerTypes.Select(rope.Config, RopeLayerTypes.Full) : rope.Config;
            var read = RopeConfigReader.Read(config, "config");
            return new(Engines.Ropewalk, EncodingText.Of(read.Scaling, read.MaximumContext), read.Scaling.At(read.MaximumContext));
        }
        catch (RopewalkException e)
        {
            return new(Engines.Ropewalk, $"refuses: {Reason(e)}", null);
        }
    }

    private static EngineReading Read(string engine, RopeSettings rope, JsonElement config, RopeConfigEra era, Func<RopeSettings, RopeConfig, (RopeScaling Scaling, long Length, string Note)>? adjust = null)
    {
        try
        {
            var read = RopeConfigReader.Read(config, "config", era);
            var (scaling, length, note) = adjust is null ? (read.Scaling, read.MaximumContext, "") : adjust(rope, read);
            var overlooked = era != RopeConfigEra.V5 && rope is { NewObject: not null, OldObject: null } ? "; rope_parameters is not read"
                : s_overlooked.Any(k => RopeSettings.Object(rope.Config, k) is not null) ? "; the keys of another convention are not read" : "";
            var assumed = (era == RopeConfigEra.V5 ? rope.Base : rope.OuterBase) is null ? "; the base is the model class's default" : "";
            return new(engine, EncodingText.Of(scaling, length) + note + overlooked + assumed, scaling.At(length));
        }
        catch (RopewalkException e)
        {
            return new(engine, $"no defined encoding: {Reason(e)}", null);
        }
    }

    /// <summary>vLLM has the same formulas, but for dynamic NTK: one table for factor * L tokens (vllm #5093), and for its own key attn_factor.</summary>
    private static (RopeScaling Scaling, long Length, string Note) InVllm(RopeSettings rope, RopeConfig read) => read.Scaling switch
    {
        DynamicNtkScaling dynamic => (dynamic, (long)(dynamic.Factor * dynamic.Geometry.OriginalContext), ", fixed at that length for all sequences"),
        YarnScaling yarn when rope.InnerNumber("attn_factor") is > 0 and var k => (yarn with { AttentionMultiplier = k }, read.MaximumContext, ""),
        LongRopeScaling => (read.Scaling, read.MaximumContext, " (chosen by max_model_len)"),
        _ => (read.Scaling, read.MaximumContext, ""),
    };

    /// <summary>What llama.cpp's own converter writes and its graph reads back.</summary>
    private static (RopeScaling Scaling, long Length, string Note) InLlamaCpp(RopeSettings rope, RopeConfig read)
    {
        var length = (long)read.MaximumContext;
        var plain = new NoScaling(read.Geometry);
        var known = LlamaCppSupport.IsKnown(rope.ModelType);
        switch (read.Scaling)
        {
            case DynamicNtkScaling:
                return (plain, length, " (dynamic NTK is not converted)");
            case YarnScaling yarn when rope.Factor is null:
                return (plain, length, " (yarn without a factor is not converted)");
            case YarnScaling yarn:
                // llama-context.cpp computes the attention factor from s (with mscale_all_dim where the loader reads yarn_log_multiplier, for an
                // mscale of 1) and rounds the ramp; most loaders leave the turns at 32 and 1.
                var turns = LlamaCppSupport.ReadsTurns(rope.ModelType);
                var weighted = rope.InnerNumber("mscale_all_dim") is > 0 && (turns || rope.ModelType.StartsWith("deepseek", StringComparison.Ordinal));
                return (new YarnScaling(yarn.Geometry, yarn.Factor)
                {
                    BetaFast = turns ? yarn.BetaFast : 32,
                    BetaSlow = turns ? yarn.BetaSlow : 1,
                    Mscale = weighted ? 1 : null,
                    MscaleAllDim = weighted ? yarn.MscaleAllDim : null,
                }, length, "");
            case LongRopeScaling when known && !LlamaCppSupport.ConvertsLists(rope.ModelType):
                return (plain, length, " (its converter writes no factors for this architecture)");
            case LongRopeScaling longRope when known:
                var attention = LlamaCppSupport.ConvertsAttention(rope.ModelType) ? AttentionFactors.Su((double)length / longRope.Geometry.OriginalContext, longRope.Geometry.OriginalContext) : 1;
                return (new LongRopeScaling(longRope.Geometry, [.. longRope.Entries.Select(e => new LongRopeEntry(e.MaximumLength, e.RescaleFactors, attention))]), length, " (chosen by the context's size)");
            case Llama3Scaling when known && !LlamaCppSupport.ConvertsLlama3(rope.ModelType):
                return (plain, length, " (llama3 scaling is not converted for this architecture)");
            default:
                return (read.Scaling, length, "");
        }
    }

    /// <summary>The config as an engine sees it that knows one or both generations of keys, with the base that its model class would take.</summary>
    private static JsonElement Config(RopeSettings rope, bool keepNew)
    {
        var root = JsonObject.Create(RopeLayerTypes.Select(rope.Config, RopeLayerTypes.Full))!;
        foreach (var key in s_overlooked)
        {
            root.Remove(key);
        }

        if (!keepNew)
        {
            root.Remove("rope_parameters");
        }

        if ((keepNew ? rope.Base : rope.OuterBase) is null)
        {
            root["rope_theta"] = ClassBase;
        }

        return JsonSerializer.SerializeToElement(root);
    }

    /// <summary>The error without the file, which every reading shares.</summary>
    private static string Reason(RopewalkException e) => e.Message.StartsWith("config: ", StringComparison.Ordinal) ? e.Message["config: ".Length..] : e.Message;
}
