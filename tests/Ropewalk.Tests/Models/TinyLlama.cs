using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Positions;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;

namespace Ropewalk.Tests.Models;

/// <summary>A llama folder with random weights, and its forward pass by the definition: one number after the other, in float64.</summary>
internal sealed class TinyLlama
{
    private readonly Dictionary<string, (long[] Shape, float[] Values, StoredType Type)> _tensors = new(StringComparer.Ordinal);

    public int Layers { get; init; } = 2;

    public int Hidden { get; init; } = 24;

    public int Heads { get; init; } = 3;

    public int KeyValueHeads { get; init; } = 3;

    public int? HeadDim { get; init; }

    public int FeedForward { get; init; } = 20;

    public int Vocabulary { get; init; } = 50;

    public bool Tied { get; init; }

    public bool AttentionBias { get; init; }

    public bool MlpBias { get; init; }

    public double Partial { get; init; } = 1;

    /// <summary>Types of the matrices, used in turn; vectors take the first.</summary>
    public StoredType[] Types { get; init; } = [StoredType.F32];

    public int Shards { get; init; } = 1;

    public double Epsilon { get; init; } = 1e-5;

    public int HeadWidth => HeadDim ?? (Hidden / Heads);

    public int Pairs => (int)(HeadWidth * Partial) / 2;

    public TinyLlama Fill(ulong seed)
    {
        var count = 0;
        void Add(string name, params long[] shape)
        {
            var size = (int)shape.Aggregate((a, b) => a * b);
            var type = shape.Length == 1 ? Types[0] : Types[count % Types.Length];
            var values = Numbers.Random(size, seed + (ulong)(++count), shape.Length == 1 ? 0.3 : name.Contains("embed", StringComparison.Ordinal) ? 1 : 2 / Math.Sqrt(shape[1]));
            if (name.EndsWith("norm.weight", StringComparison.Ordinal))
            {
                values = [.. values.Select(v => 1 + v)];
            }

            _tensors[name] = (shape, [.. values.Select(v => Rounded(v, type))], type);
        }

        var queryWidth = Heads * HeadWidth;
        var keyWidth = KeyValueHeads * HeadWidth;
        Add("model.embed_tokens.weight", Vocabulary, Hidden);
        Add("model.norm.weight", Hidden);
        if (!Tied)
        {
            Add("lm_head.weight", Vocabulary, Hidden);
        }

        for (var i = 0; i < Layers; i++)
        {
            var p = $"model.layers.{i}.";
            Add(p + "input_layernorm.weight", Hidden);
            Add(p + "post_attention_layernorm.weight", Hidden);
            foreach (var (name, rows, columns, bias) in ((string, int, int, bool)[])
            [
                ("self_attn.q_proj", queryWidth, Hidden, AttentionBias), ("self_attn.k_proj", keyWidth, Hidden, AttentionBias),
                ("self_attn.v_proj", keyWidth, Hidden, AttentionBias), ("self_attn.o_proj", Hidden, queryWidth, AttentionBias),
                ("mlp.gate_proj", FeedForward, Hidden, MlpBias), ("mlp.up_proj", FeedForward, Hidden, MlpBias), ("mlp.down_proj", Hidden, FeedForward, MlpBias),
            ])
            {
                Add($"{p}{name}.weight", rows, columns);
                if (bias)
                {
                    Add($"{p}{name}.bias", rows);
                }
            }
        }

        return this;
    }

    public float[] this[string name] => _tensors[name].Values;

    public void Remove(string name) => _tensors.Remove(name);

    public void Reshape(string name, params long[] shape) => _tensors[name] = (shape, new float[shape.Aggregate((a, b) => a * b)], StoredType.F32);

    public void Write(TemporaryFolder folder, Action<JsonObject>? change = null)
    {
        var config = new JsonObject
        {
            ["model_type"] = "llama",
            ["hidden_size"] = Hidden,
            ["intermediate_size"] = FeedForward,
            ["num_hidden_layers"] = Layers,
            ["num_attention_heads"] = Heads,
            ["num_key_value_heads"] = KeyValueHeads,
            ["vocab_size"] = Vocabulary,
            ["max_position_embeddings"] = 128,
            ["rms_norm_eps"] = Epsilon,
            ["rope_theta"] = 1000.0,
            ["hidden_act"] = "silu",
            ["tie_word_embeddings"] = Tied,
            ["attention_bias"] = AttentionBias,
            ["mlp_bias"] = MlpBias,
        };
        if (HeadDim is { } width)
        {
            config["head_dim"] = width;
        }

        if (Partial < 1)
        {
            config["partial_rotary_factor"] = Partial;
        }

        change?.Invoke(config);
        folder.Write("config.json", config.ToJsonString());
        var sources = _tensors.Select(t => Source(t.Key, t.Value.Shape, t.Value.Values, t.Value.Type)).ToList();
        if (Shards == 1)
        {
            SafetensorsWriter.Write(folder.PathOf("model.safetensors"), sources);
            return;
        }

        var map = new JsonObject();
        for (var shard = 0; shard < Shards; shard++)
        {
            var name = $"model-{shard + 1:00000}-of-{Shards:00000}.safetensors";
            var part = sources.Where((_, i) => i % Shards == shard).ToList();
            SafetensorsWriter.Write(folder.PathOf(name), part);
            part.ForEach(t => map[t.Name] = name);
        }

        folder.Write("model.safetensors.index.json", new JsonObject { ["weight_map"] = map }.ToJsonString());
    }

    /// <summary>Logits of every token, [T][V], under one set of frequencies.</summary>
    /// <param name="tokens">Ids.</param>
    /// <param name="frequencies">In force.</param>
    /// <param name="distance">At which query i and key j are compared, null where i does not see j; left out for positions and cells as ever.</param>
    /// <param name="factor">Of the scores of query i.</param>
    public double[][] Forward(int[] tokens, RopeFrequencies frequencies, Func<int, int, double?>? distance = null, Func<int, double>? factor = null) =>
        Forward(tokens, _ => frequencies, distance, factor);

    /// <summary>The same where every query has frequencies of its own, which turn all keys that it sees.</summary>
    public double[][] Forward(int[] tokens, Func<int, RopeFrequencies> frequenciesOf, Func<int, int, double?>? distance = null, Func<int, double>? factor = null)
    {
        var x = tokens.Select(t => Enumerable.Range(0, Hidden).Select(i => (double)this["model.embed_tokens.weight"][(t * Hidden) + i]).ToArray()).ToArray();
        for (var layer = 0; layer < Layers; layer++)
        {
            var p = $"model.layers.{layer}.";
            var normal = x.Select(row => Norm(row, p + "input_layernorm.weight")).ToArray();
            var q = normal.Select(row => Linear(row, p + "self_attn.q_proj")).ToArray();
            var k = normal.Select(row => Linear(row, p + "self_attn.k_proj")).ToArray();
            var v = normal.Select(row => Linear(row, p + "self_attn.v_proj")).ToArray();
            var keys = new double[tokens.Length][];
            for (var t = 0; t < tokens.Length; t++)
            {
                // Keys are turned anew where the frequencies are others than the query's before.
                for (var s = t > 0 && frequenciesOf(t) == frequenciesOf(t - 1) ? t : 0; s <= t; s++)
                {
                    keys[s] = Turned(k[s], distance is null ? s : 0, frequenciesOf(t));
                }

                var joined = new double[Heads * HeadWidth];
                var frequencies = frequenciesOf(t);
                var own = Turned(q[t], t, frequencies);
                var turned = new Dictionary<double, double[]>();
                for (var h = 0; h < Heads; h++)
                {
                    var from = h * HeadWidth;
                    var shared = h * KeyValueHeads / Heads * HeadWidth;
                    double Score(int s)
                    {
                        // Only the distance counts, so the query may be turned by all of it.
                        var (query, key) = distance is null ? (own, keys[s])
                            : distance(t, s) is { } d ? (turned.TryGetValue(d, out var before) ? before : turned[d] = Turned(q[t], d, frequencies), keys[s])
                            : (null, null);
                        return query is null ? double.NegativeInfinity : Enumerable.Range(0, HeadWidth).Sum(i => query[from + i] * key![shared + i]) / Math.Sqrt(HeadWidth) * (factor?.Invoke(t) ?? 1);
                    }

                    var scores = Enumerable.Range(0, t + 1).Select(Score).ToArray();
                    var most = scores.Max();
                    var weights = scores.Select(s => Math.Exp(s - most)).ToArray();
                    for (var i = 0; i < HeadWidth; i++)
                    {
                        joined[from + i] = weights.Select((w, s) => w * v[s][shared + i]).Sum() / weights.Sum();
                    }
                }

                x[t] = Plus(x[t], Linear(joined, p + "self_attn.o_proj"));
                var middle = Norm(x[t], p + "post_attention_layernorm.weight");
                var gate = Linear(middle, p + "mlp.gate_proj");
                var up = Linear(middle, p + "mlp.up_proj");
                x[t] = Plus(x[t], Linear([.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)], p + "mlp.down_proj"));
            }
        }

        return [.. x.Select(row => Product(Norm(row, "model.norm.weight"), this[Tied ? "model.embed_tokens.weight" : "lm_head.weight"]))];
    }

    private static double[] Plus(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double[] Product(double[] x, float[] w) =>
        [.. Enumerable.Range(0, w.Length / x.Length).Select(row => x.Select((value, i) => value * w[(row * x.Length) + i]).Sum())];

    private double[] Linear(double[] x, string name)
    {
        var y = Product(x, this[name + ".weight"]);
        return _tensors.TryGetValue(name + ".bias", out var bias) ? [.. y.Zip(bias.Values, (a, b) => a + b)] : y;
    }

    private double[] Norm(double[] x, string name)
    {
        var scale = 1 / Math.Sqrt((x.Sum(v => v * v) / x.Length) + Epsilon);
        return [.. x.Zip(this[name], (v, w) => v * scale * w)];
    }

    /// <summary>Pair i of a head is (i, i + P) of its first 2 P entries.</summary>
    private double[] Turned(double[] heads, double position, RopeFrequencies frequencies)
    {
        var y = heads.ToArray();
        for (var head = 0; head < heads.Length; head += HeadWidth)
        {
            for (var i = 0; i < Pairs; i++)
            {
                var angle = position * (position < frequencies.StartTokens ? frequencies.StartInverseFrequencies[i] : frequencies.InverseFrequencies[i]);
                var (a, b) = (heads[head + i], heads[head + i + Pairs]);
                y[head + i] = ((a * Math.Cos(angle)) - (b * Math.Sin(angle))) * frequencies.AttentionFactor;
                y[head + i + Pairs] = ((b * Math.Cos(angle)) + (a * Math.Sin(angle))) * frequencies.AttentionFactor;
            }
        }

        return y;
    }

    private static float Rounded(float value, StoredType type) => type switch
    {
        StoredType.F16 => (float)(Half)value,
        StoredType.BF16 => Numbers.ToBfloat16([value])[0],
        _ => value,
    };

    private static TensorSource Source(string name, long[] shape, float[] values, StoredType type) => type == StoredType.F16
        ? TensorSource.FromBytes(name, type, shape, values.SelectMany(v => BitConverter.GetBytes((Half)v)).ToArray())
        : TensorSource.FromSingles(name, type, shape, values);
}
