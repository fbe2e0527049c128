using System.Globalization;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Models.Architectures;

namespace Ropewalk.Engine.Models.Gguf;

/// <summary>GGUF metadata as a config.json: the keys of <see cref="GgufConfigWriter"/> read back, every number within its range.</summary>
internal sealed class GgufConfigReader
{
    private const int MaximumWidth = 1 << 20;

    private readonly GgufSet _file;

    private GgufConfigReader(GgufSet file, Architecture architecture)
    {
        _file = file;
        Architecture = architecture;
        HeadWidth = ReadHeadWidth();
    }

    /// <summary>What is read.</summary>
    public Architecture Architecture { get; }

    /// <summary>The result so far.</summary>
    public JsonObject Config { get; } = [];

    /// <summary>What the user should know.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>K.</summary>
    public int HeadWidth { get; }

    /// <summary>The file's pairs.</summary>
    public GgufMetadata Metadata => _file.Metadata;

    /// <summary>Translates a file's metadata.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="architecture">Its architecture.</param>
    /// <exception cref="CheckpointFormatException">A key is missing or out of range.</exception>
    /// <exception cref="UnsupportedCheckpointException">The network is of a kind that is not run here.</exception>
    public static GgufConfigReader Read(GgufSet file, Architecture architecture)
    {
        var reader = new GgufConfigReader(file, architecture);
        reader.RefuseOthers();
        reader.ReadSizes();
        GgufRopeReader.Read(reader);
        architecture.FromGguf(reader);
        return reader;
    }

    /// <summary>The full key of the architecture.</summary>
    public string Key(string key) => $"{Architecture.Graph.Name}.{key}";

    /// <summary>Whether a tensor is there.</summary>
    public bool HasTensor(string name) => _file.TryFind(name, out _, out _);

    /// <summary>Rows of a matrix; 0 where it is absent.</summary>
    public int RowsOf(string name) => _file.TryFind(name, out var tensor, out _) && tensor.Shape.Length == 2 ? (int)Math.Min(tensor.Shape[0], int.MaxValue) : 0;

    /// <summary>A small tensor as float32; null where it is absent.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="length">Numbers that it must have.</param>
    public float[]? OptionalVector(string name, int length)
    {
        if (!_file.TryFind(name, out var tensor, out var file))
        {
            return null;
        }

        if (tensor.Type != Tensors.GgmlType.F32 || tensor.Shape.Length != 1 || tensor.Shape[0] != length)
        {
            throw new CheckpointFormatException(file.Path, name, $"{tensor}", $"F32 [{length}]");
        }

        var values = new float[length];
        file.ReadBytes(tensor, 0, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    /// <summary>The number that people write for a float32: 1E-05 rather than 9.99999974737875E-06.</summary>
    public static double Shortest(double single) =>
        double.Parse(((float)single).ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private int ReadHeadWidth()
    {
        var hidden = Metadata.RequiredInt(Key("embedding_length"), 1, MaximumWidth);
        var heads = Metadata.RequiredInt(Key("attention.head_count"), 1, 4096);
        if (Metadata.OptionalInt(Key("attention.key_length"), 2, 4096) is { } keyLength)
        {
            return keyLength;
        }

        return hidden % heads == 0
            ? hidden / heads
            : throw new CheckpointFormatException(Metadata.File, Key("embedding_length"), $"{hidden} without attention.key_length", $"a multiple of attention.head_count {heads}");
    }

    private void RefuseOthers()
    {
        if (Metadata.OptionalInt(Key("expert_count"), 0, int.MaxValue) is > 0 and var experts)
        {
            throw new UnsupportedCheckpointException(Metadata.File, Key("expert_count"), $"a mixture of {experts} experts", "one feed-forward network a layer");
        }

        if (Metadata.OptionalInt(Key("attention.value_length"), 1, 4096) is { } valueLength && valueLength != HeadWidth)
        {
            throw new UnsupportedCheckpointException(Metadata.File, Key("attention.value_length"), $"{valueLength} beside keys of {HeadWidth}", "keys and values of one width");
        }

        if (!Architecture.Encoders.Contains(Architecture) && Metadata.OptionalBool(Key("attention.causal")) == false)
        {
            throw new UnsupportedCheckpointException(Metadata.File, Key("attention.causal"), "false", "models that predict the next token");
        }
    }

    private void ReadSizes()
    {
        var heads = Metadata.RequiredInt(Key("attention.head_count"), 1, 4096);
        var keyValueHeads = Metadata.OptionalInt(Key("attention.head_count_kv"), 1, 4096) ?? heads;
        if (heads % keyValueHeads != 0)
        {
            throw new CheckpointFormatException(Metadata.File, Key("attention.head_count_kv"), $"{keyValueHeads}", $"a divisor of attention.head_count {heads}");
        }

        var embedding = GgufNames.Of(TensorRole.Embedding, 0);
        if (!_file.TryFind(embedding, out var tensor, out _) || tensor.Shape.Length != 2)
        {
            throw new CheckpointFormatException(Metadata.File, embedding, tensor is null ? "nothing" : $"{tensor}", "a matrix");
        }

        var epsilonKey = Key(Architecture.UsesLayerNorm ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon");
        var epsilon = Metadata.OptionalNumber(epsilonKey, float.Epsilon, 1) ?? Metadata.Missing<double>(epsilonKey, "a number between 0 and 1");
        Config["architectures"] = new JsonArray(Architecture.HuggingFaceClass);
        Config["model_type"] = Architecture.ModelType;
        Config["vocab_size"] = tensor.Shape[0];
        Config["hidden_size"] = Metadata.RequiredInt(Key("embedding_length"), 1, MaximumWidth);
        Config["intermediate_size"] = Metadata.RequiredInt(Key("feed_forward_length"), 1, MaximumWidth);
        Config["num_hidden_layers"] = Metadata.RequiredInt(Key("block_count"), 1, 4096);
        Config["num_attention_heads"] = heads;
        Config["num_key_value_heads"] = keyValueHeads;
        Config["head_dim"] = HeadWidth;
        Config[Architecture.UsesLayerNorm ? "layer_norm_eps" : "rms_norm_eps"] = Shortest(epsilon);
        Config["tie_word_embeddings"] = !HasTensor(GgufNames.Of(TensorRole.Head, 0));
        foreach (var name in (string[])["bos", "eos"])
        {
            if (Metadata.OptionalInt($"tokenizer.ggml.{name}_token_id", 0, int.MaxValue) is { } id)
            {
                Config[name + "_token_id"] = id;
            }
        }
    }
}
