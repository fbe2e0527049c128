using System.Text.Json;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Models.Architectures;

namespace Ropewalk.Engine.Models.Gguf;

/// <summary>A config.json as GGUF metadata. What llama.cpp's graph cannot run is refused; what it runs otherwise is noted.</summary>
internal sealed class GgufConfigWriter
{
    /// <summary>The key, after the architecture's name, that says how a text's rows become one vector.</summary>
    public const string PoolingType = "pooling_type";

    private readonly Checkpoint _checkpoint;

    private GgufConfigWriter(Checkpoint checkpoint, Architecture architecture, NetworkSpec spec, string file)
    {
        _checkpoint = checkpoint;
        Architecture = architecture;
        Spec = spec;
        Metadata = new GgufMetadata(file);
    }

    /// <summary>The pairs so far.</summary>
    public GgufMetadata Metadata { get; }

    /// <summary>What is written.</summary>
    public Architecture Architecture { get; }

    /// <summary>The network.</summary>
    public NetworkSpec Spec { get; }

    /// <summary>The configuration.</summary>
    public JsonElement Config => _checkpoint.Config;

    /// <summary>What the user should know.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Tensors of the rotary encoding.</summary>
    public Dictionary<string, float[]> RopeTensors { get; } = new(StringComparer.Ordinal);

    /// <summary>Translates a checkpoint's configuration.</summary>
    /// <param name="checkpoint">The source.</param>
    /// <param name="architecture">Its architecture.</param>
    /// <param name="spec">Its network.</param>
    /// <param name="file">The GGUF file that will hold the result.</param>
    /// <exception cref="UnsupportedCheckpointException">llama.cpp cannot run this network.</exception>
    public static GgufConfigWriter Write(Checkpoint checkpoint, Architecture architecture, NetworkSpec spec, string file)
    {
        var writer = new GgufConfigWriter(checkpoint, architecture, spec, file);
        writer.RequireGraph();
        writer.WriteSizes();
        if (spec.Encoder is not { HasTable: true })
        {
            GgufRopeWriter.Write(writer);
        }

        architecture.ToGguf(writer);
        writer.WritePooling();
        return writer;
    }

    /// <summary>Adds a pair under the architecture's name.</summary>
    public void Set(string key, object value) => Metadata.Set($"{Architecture.Graph.Name}.{key}", value);

    /// <summary>Throws that llama.cpp cannot run something.</summary>
    public UnsupportedCheckpointException Refusal(string field, string found, string supported) =>
        new(_checkpoint.ConfigPath, field, $"{found} in a GGUF file for llama.cpp", supported);

    private void RequireGraph()
    {
        var graph = Architecture.Graph;
        var shape = Spec.Shape;
        if (!graph.TurnsPartOfHead && Spec.Encoder is not { HasTable: true } && Spec.Rope.Geometry.RotaryDimension != shape.HeadWidth)
        {
            throw Refusal("partial_rotary_factor", $"rotating {Spec.Rope.Geometry.RotaryDimension} of {shape.HeadWidth} entries of a head", $"heads that turn whole, as its {graph.Name} graph has them");
        }

        if (!graph.TakesAnyHeadWidth && shape.NumHeads * shape.HeadWidth != shape.HiddenWidth)
        {
            throw Refusal("head_dim", $"{shape.NumHeads} heads of {shape.HeadWidth} in a width of {shape.HiddenWidth}", $"heads that add up to the width, as its {graph.Name} graph has them");
        }

        if (Spec.OutputBias && !graph.ReadsOutputBias)
        {
            throw Refusal("attention_bias", "a bias of attention's output", $"none, as its {graph.Name} graph has it");
        }

        var window = Spec.Windows.Max();
        if (window > 0 && !graph.ReadsWindow)
        {
            Notes.Add($"llama.cpp's {graph.Name} graph has no sliding window: past {window} tokens its results differ from this model's");
        }
    }

    /// <summary>How a text's rows become one vector, where a folder says it, of a decoder too: without the key llama.cpp gives the rows.</summary>
    private void WritePooling()
    {
        if (!Directory.Exists(_checkpoint.Location) || EmbedderSettingsReader.Read(_checkpoint.Location).Pooling is not { } pooling)
        {
            return;
        }

        Set(PoolingType, pooling switch
        {
            Pooling.Mean => 1u,
            Pooling.Cls => 2u,
            Pooling.Last => 3u,
            _ => throw Refusal("pooling", $"{pooling}", "mean, cls or last"),
        });
    }

    private void WriteSizes()
    {
        var shape = Spec.Shape;
        Metadata.Set("general.architecture", Architecture.Graph.Name);
        Metadata.Set("general.type", "model");
        Metadata.Set("general.name", _checkpoint.Name);
        Set("context_length", (uint)Spec.Rope.MaximumContext);
        Set("embedding_length", (uint)shape.HiddenWidth);
        Set("block_count", (uint)shape.NumLayers);
        Set("feed_forward_length", (uint)shape.FeedForwardWidth);
        Set("attention.head_count", (uint)shape.NumHeads);
        Set("attention.head_count_kv", (uint)shape.NumKeyValueHeads);
        Set("attention.key_length", (uint)shape.HeadWidth);
        Set("attention.value_length", (uint)shape.HeadWidth);
        Set(Spec.UsesLayerNorm ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon", Spec.Epsilon);
        Set("vocab_size", (uint)shape.VocabularySize);
    }
}
