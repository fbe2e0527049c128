using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Kernels;

namespace Ropewalk.Engine.Models.Architectures;

/// <summary>The keys of a config.json that decoders share, checked.</summary>
internal sealed class DecoderFields
{
    private const int MaximumWidth = 1 << 20;

    private static readonly Dictionary<string, Activation> s_activations = new(StringComparer.Ordinal)
    {
        ["silu"] = Activation.Silu,
        ["swish"] = Activation.Silu,
        ["gelu"] = Activation.Gelu,
        ["gelu_new"] = Activation.GeluTanh,
        ["gelu_fast"] = Activation.GeluTanh,
        ["gelu_pytorch_tanh"] = Activation.GeluTanh,
    };

    private readonly ConfigFields _fields;
    private readonly JsonElement _config;

    /// <summary>Reads sizes and the rotary encoding.</summary>
    /// <param name="config">The root object.</param>
    /// <param name="file">For errors.</param>
    public DecoderFields(JsonElement config, string file)
    {
        _config = config;
        _fields = new ConfigFields(config, file);
        Shape = ReadShape();
    }

    /// <summary>Sizes.</summary>
    public ModelShape Shape { get; }

    /// <summary>All keys.</summary>
    public ConfigFields Fields => _fields;

    /// <summary>1 / sqrt(head width).</summary>
    public float AttentionScale => 1 / MathF.Sqrt(Shape.HeadWidth);

    /// <summary>tie_word_embeddings.</summary>
    public bool TieEmbedding(bool byDefault = false) => Flag("tie_word_embeddings", byDefault);

    /// <summary>A true or false.</summary>
    public bool Flag(string key, bool byDefault = false) => _fields.OptionalBool(key) ?? byDefault;

    /// <summary>The rotary encoding, no wider than a head.</summary>
    /// <param name="layerType">Layers of one type, where the config has encodings by type.</param>
    public RopeConfig Rope(string? layerType = null)
    {
        var rope = RopeConfigReader.Read(layerType is null ? _config : RopeLayerTypes.Select(_config, layerType), _fields.File);
        return rope.Geometry.RotaryDimension <= Shape.HeadWidth
            ? rope
            : throw new CheckpointFormatException(_fields.File, "rotary width", $"{rope.Geometry.RotaryDimension}", $"at most the head width {Shape.HeadWidth}");
    }

    /// <summary>Epsilon of the norms.</summary>
    public float Epsilon(string key, double byDefault)
    {
        var epsilon = _fields.OptionalDouble(key) ?? byDefault;
        return epsilon is > 0 and < 1
            ? (float)epsilon
            : throw new CheckpointFormatException(_fields.File, key, $"{epsilon}", "a number between 0 and 1");
    }

    /// <summary>The activation, one of those that the architecture runs with.</summary>
    public Activation ActivationOf(string key, string byDefault, params Activation[] allowed)
    {
        var name = _fields.OptionalString(key) ?? byDefault;
        return s_activations.TryGetValue(name, out var activation) && allowed.Contains(activation)
            ? activation
            : throw new UnsupportedCheckpointException(
                _fields.File, key, name, string.Join(", ", s_activations.Where(a => allowed.Contains(a.Value)).Select(a => a.Key)));
    }

    /// <summary>Windows of all layers: by layer_types where the config has them, else by the architecture's own rule.</summary>
    /// <param name="isWindowed">The rule for layer 0, 1, ...</param>
    public int[] Windows(Func<int, bool> isWindowed)
    {
        var window = _fields.OptionalInt("sliding_window", 1, int.MaxValue);
        var types = LayerTypes();
        return [.. Enumerable.Range(0, Shape.NumLayers).Select(layer =>
            types is null ? window is { } tokens && isWindowed(layer) ? tokens : 0
            : types[layer] == "full_attention" ? 0
            : window ?? throw new CheckpointFormatException(_fields.File, "sliding_window", "nothing", $"a window for layer_types[{layer}] \"sliding_attention\""))];
    }

    /// <summary>Windows that rule only where use_sliding_window is set, in the layers from max_window_layers on.</summary>
    public int[] OptInWindows()
    {
        var isOn = Flag("use_sliding_window");
        var first = _fields.OptionalInt("max_window_layers", 0, int.MaxValue) ?? 28;
        return isOn ? Windows(layer => layer >= first) : new int[Shape.NumLayers];
    }

    private string[]? LayerTypes()
    {
        if (!_config.TryGetProperty("layer_types", out var list) || list.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() != Shape.NumLayers || list.EnumerateArray().Any(t => t.ValueKind != JsonValueKind.String))
        {
            throw new CheckpointFormatException(
                _fields.File, "layer_types", list.ValueKind == JsonValueKind.Array ? $"a list of {list.GetArrayLength()}" : "no list", $"{Shape.NumLayers} names, one for each layer");
        }

        var types = list.EnumerateArray().Select(t => t.GetString()!).ToArray();
        return types.FirstOrDefault(t => t is not ("full_attention" or "sliding_attention")) is { } other
            ? throw new UnsupportedCheckpointException(_fields.File, "layer_types", $"\"{other}\"", "full_attention, sliding_attention")
            : types;
    }

    private ModelShape ReadShape()
    {
        var hidden = _fields.RequiredInt("hidden_size", 1, MaximumWidth);
        var heads = _fields.RequiredInt("num_attention_heads", 1, 4096);
        var keyValueHeads = _fields.OptionalInt("num_key_value_heads", 1, 4096) ?? heads;
        if (heads % keyValueHeads != 0)
        {
            throw new CheckpointFormatException(_fields.File, "num_key_value_heads", $"{keyValueHeads}", $"a divisor of num_attention_heads {heads}");
        }

        var headWidth = _fields.OptionalInt("head_dim", 2, 4096) ?? ClassDefaults.HeadWidth(_fields.OptionalString("model_type"));
        if (headWidth is null && hidden % heads != 0)
        {
            throw new CheckpointFormatException(_fields.File, "hidden_size", $"{hidden} without head_dim", $"a multiple of num_attention_heads {heads}");
        }

        return new ModelShape(
            _fields.RequiredInt("num_hidden_layers", 1, 4096), hidden, heads, keyValueHeads, headWidth ?? (hidden / heads), _fields.RequiredInt("intermediate_size", 1, MaximumWidth), _fields.RequiredInt("vocab_size", 1, 1 << 24));
    }
}
