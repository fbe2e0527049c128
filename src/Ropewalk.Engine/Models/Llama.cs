using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models;

/// <summary>model_type "llama" (2302.13971 and successors): RMSNorm before each block, rotary grouped-query attention in the half
/// layout, SwiGLU, tied or separate head, biases when the config asks for them.</summary>
public sealed unsafe class Llama : LanguageModel
{
    /// <summary>The config's model_type.</summary>
    public const string ModelType = "llama";

    private readonly PackedMatrix _embedding;
    private readonly PackedMatrix? _head;
    private readonly float[] _finalNorm;
    private readonly DecoderLayer[] _layers;
    private readonly float _epsilon;

    private Llama(string name, LlamaConfig config, RopeConfig rope, PackedMatrix embedding, PackedMatrix? head, float[] finalNorm, DecoderLayer[] layers)
        : base(name, ModelType, config.Shape, rope)
    {
        _embedding = embedding;
        _head = head;
        _finalNorm = finalNorm;
        _layers = layers;
        _epsilon = config.Epsilon;
    }

    /// <inheritdoc />
    public override long NumParameters
    {
        get
        {
            static long Size(PackedMatrix? w) => w is null ? 0 : (long)w.Rows * w.Columns;
            static long Length(float[]? bias) => bias?.Length ?? 0;
            return Size(_embedding) + Size(_head) + _finalNorm.Length + _layers.Sum(l =>
                Size(l.Query) + Size(l.KeyValue) + Size(l.Output) + Size(l.Gate) + Size(l.Up) + Size(l.Down) + l.AttentionNorm.Length + l.FeedForwardNorm.Length +
                Length(l.QueryBias) + Length(l.KeyValueBias) + Length(l.OutputBias) + Length(l.GateBias) + Length(l.UpBias) + Length(l.DownBias));
        }
    }

    /// <summary>Loads the weights of an opened folder, each packed in its stored type.</summary>
    /// <param name="folder">A checkpoint whose config says "llama".</param>
    /// <exception cref="CheckpointFormatException">A tensor is missing, has another shape than the config says, or holds a number that is not finite.</exception>
    public static Llama Load(CheckpointFolder folder)
    {
        var config = LlamaConfig.Read(folder.Config, folder.ConfigPath);
        var rope = RopeConfigReader.Read(folder.Config, folder.ConfigPath);
        var shape = config.Shape;
        if (rope.Geometry.RotaryDimension > shape.HeadWidth)
        {
            throw new CheckpointFormatException(folder.ConfigPath, "rotary width", $"{rope.Geometry.RotaryDimension}", $"at most the head width {shape.HeadWidth}");
        }

        var d = shape.HiddenWidth;
        var queryWidth = shape.NumHeads * shape.HeadWidth;
        var keyWidth = shape.NumKeyValueHeads * shape.HeadWidth;
        var tensors = new TensorLoader(folder);
        tensors.Require("model.embed_tokens.weight", shape.VocabularySize, d);
        tensors.Require("model.norm.weight", d);
        if (!config.TieEmbedding)
        {
            tensors.Require("lm_head.weight", shape.VocabularySize, d);
        }

        for (var i = 0; i < shape.NumLayers; i++)
        {
            var p = $"model.layers.{i}.";
            tensors.Require(p + "input_layernorm.weight", d);
            tensors.Require(p + "post_attention_layernorm.weight", d);
            RequireLinear(p + "self_attn.q_proj", queryWidth, d, config.AttentionBias);
            RequireLinear(p + "self_attn.k_proj", keyWidth, d, config.AttentionBias);
            RequireLinear(p + "self_attn.v_proj", keyWidth, d, config.AttentionBias);
            RequireLinear(p + "self_attn.o_proj", d, queryWidth, config.AttentionBias);
            RequireLinear(p + "mlp.gate_proj", shape.FeedForwardWidth, d, config.MlpBias);
            RequireLinear(p + "mlp.up_proj", shape.FeedForwardWidth, d, config.MlpBias);
            RequireLinear(p + "mlp.down_proj", d, shape.FeedForwardWidth, config.MlpBias);
        }

        tensors.ThrowIfWrong();
        var layers = new DecoderLayer[shape.NumLayers];
        for (var i = 0; i < layers.Length; i++)
        {
            var p = $"model.layers.{i}.";
            layers[i] = new DecoderLayer
            {
                AttentionNorm = tensors.Vector(p + "input_layernorm.weight"),
                FeedForwardNorm = tensors.Vector(p + "post_attention_layernorm.weight"),
                Query = tensors.Matrix(p + "self_attn.q_proj.weight"),
                KeyValue = tensors.Matrix(p + "self_attn.k_proj.weight", p + "self_attn.v_proj.weight"),
                Output = tensors.Matrix(p + "self_attn.o_proj.weight"),
                Gate = tensors.Matrix(p + "mlp.gate_proj.weight"),
                Up = tensors.Matrix(p + "mlp.up_proj.weight"),
                Down = tensors.Matrix(p + "mlp.down_proj.weight"),
                QueryBias = config.AttentionBias ? tensors.Vector(p + "self_attn.q_proj.bias") : null,
                KeyValueBias = config.AttentionBias ? [.. tensors.Vector(p + "self_attn.k_proj.bias"), .. tensors.Vector(p + "self_attn.v_proj.bias")] : null,
                OutputBias = config.AttentionBias ? tensors.Vector(p + "self_attn.o_proj.bias") : null,
                GateBias = config.MlpBias ? tensors.Vector(p + "mlp.gate_proj.bias") : null,
                UpBias = config.MlpBias ? tensors.Vector(p + "mlp.up_proj.bias") : null,
                DownBias = config.MlpBias ? tensors.Vector(p + "mlp.down_proj.bias") : null,
            };
        }

        return new Llama(
            Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder.Folder))), config, rope, tensors.Matrix("model.embed_tokens.weight"), config.TieEmbedding ? null : tensors.Matrix("lm_head.weight"), tensors.Vector("model.norm.weight"), layers);

        void RequireLinear(string name, int rows, int columns, bool bias)
        {
            tensors.Require(name + ".weight", rows, columns);
            if (bias)
            {
                tensors.Require(name + ".bias", rows);
            }
        }
    }

    /// <inheritdoc />
    public override void Forward(
        ReadOnlySpan<int> tokens, KeyValueCache cache, RotaryTable rotary, int firstRow, LogitsSink sink, CancellationToken cancellationToken = default)
    {
        var numRows = tokens.Length;
        var start = cache.Length;
        ArgumentOutOfRangeException.ThrowIfLessThan(numRows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + numRows, cache.Capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + numRows, rotary.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstRow, numRows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(2 * rotary.NumPairs, Shape.HeadWidth, nameof(rotary));
        if (cache.SinglePass && start != 0)
        {
            throw new InvalidOperationException("a single-pass cache takes one forward");
        }

        var shape = Shape;
        var d = shape.HiddenWidth;
        using var hidden = new NativeBuffer<float>((long)numRows * d);
        var x = hidden.Pointer;
        for (var row = 0; row < numRows; row++)
        {
            _embedding.CopyRow(tokens[row], hidden.Span((long)row * d, d));
        }

        var chunk = ChunkRows(numRows);
        var numChunks = (numRows + chunk - 1) / chunk;
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            var block = _layers[layer];
            var index = layer;
            WorkerPool.For(numChunks, task =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                var row = task * chunk;
                block.StoreKeysAndValues(x + ((long)row * d), Math.Min(chunk, numRows - row), start + row, shape, _epsilon, rotary, cache, index);
            });

            // The last layer's rows matter only where logits are asked for.
            var firstChunk = layer == _layers.Length - 1 ? firstRow / chunk : 0;
            WorkerPool.For(numChunks - firstChunk, task =>
            {
                // The last chunk sees the most keys: it goes first, so that no thread is left with it at the end.
                cancellationToken.ThrowIfCancellationRequested();
                var row = (numChunks - 1 - task) * chunk;
                block.Forward(x + ((long)row * d), Math.Min(chunk, numRows - row), start + row, shape, _epsilon, rotary, cache, index);
            });
        }

        cache.Length = start + numRows;
        Logits(x, firstRow, numRows, sink, cancellationToken);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        _embedding.Dispose();
        _head?.Dispose();
        foreach (var layer in _layers)
        {
            layer.Dispose();
        }
    }

    /// <summary>Rows of a task: a multiple of the query block, at most 192, small enough to occupy every thread. Results do not depend on it.</summary>
    private static int ChunkRows(int numRows)
    {
        var even = (numRows + (4 * WorkerPool.NumThreads) - 1) / (4 * WorkerPool.NumThreads);
        return Math.Clamp((even + Attention.QueryBlock - 1) / Attention.QueryBlock * Attention.QueryBlock, Attention.QueryBlock, MatMul.RowBlock);
    }

    private void Logits(float* x, int firstRow, int numRows, LogitsSink sink, CancellationToken cancellationToken)
    {
        const int LogitsOfTask = 1 << 20;
        var d = Shape.HiddenWidth;
        var vocabulary = Shape.VocabularySize;
        var head = _head ?? _embedding;
        var rows = Math.Clamp(LogitsOfTask / vocabulary / MicroKernel.Rows * MicroKernel.Rows, MicroKernel.Rows, MatMul.RowBlock);
        WorkerPool.For((numRows - firstRow + rows - 1) / rows, task =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var scratch = Scratch.Current;
            var first = firstRow + (task * rows);
            var count = Math.Min(rows, numRows - first);
            var normalized = scratch.Get(Scratch.Slot.Normalized, (long)count * d);
            var logits = scratch.Get(Scratch.Slot.Logits, (long)count * vocabulary);
            RmsNorm.Forward(x + ((long)first * d), count, _finalNorm, _epsilon, normalized);
            MatMul.ForwardParallel(normalized, count, d, head, logits, vocabulary, accumulate: false);
            for (var row = 0; row < count; row++)
            {
                sink(first + row, new ReadOnlySpan<float>(logits + ((long)row * vocabulary), vocabulary));
            }
        });
    }

    /// <summary>What Hugging Face's llama config says beyond its rotary keys.</summary>
    /// <param name="Shape">Sizes.</param>
    /// <param name="Epsilon">rms_norm_eps.</param>
    /// <param name="TieEmbedding">tie_word_embeddings; false when absent, as in Hugging Face.</param>
    /// <param name="AttentionBias">attention_bias.</param>
    /// <param name="MlpBias">mlp_bias.</param>
    private sealed record LlamaConfig(ModelShape Shape, float Epsilon, bool TieEmbedding, bool AttentionBias, bool MlpBias)
    {
        public static LlamaConfig Read(JsonElement config, string file)
        {
            const int MaximumWidth = 1 << 20;
            var fields = new ConfigFields(config, file);
            var activation = fields.OptionalString("hidden_act") ?? "silu";
            if (activation != "silu")
            {
                throw new UnsupportedCheckpointException(file, "hidden_act", activation, "silu");
            }

            var hidden = fields.RequiredInt("hidden_size", 1, MaximumWidth);
            var heads = fields.RequiredInt("num_attention_heads", 1, 4096);
            var keyValueHeads = fields.OptionalInt("num_key_value_heads", 1, 4096) ?? heads;
            if (heads % keyValueHeads != 0)
            {
                throw new CheckpointFormatException(file, "num_key_value_heads", $"{keyValueHeads}", $"a divisor of num_attention_heads {heads}");
            }

            var headWidth = fields.OptionalInt("head_dim", 2, 4096);
            if (headWidth is null && hidden % heads != 0)
            {
                throw new CheckpointFormatException(file, "hidden_size", $"{hidden} without head_dim", $"a multiple of num_attention_heads {heads}");
            }

            var epsilon = fields.OptionalDouble("rms_norm_eps") ?? 1e-6;
            if (epsilon is <= 0 or >= 1)
            {
                throw new CheckpointFormatException(file, "rms_norm_eps", $"{epsilon}", "a number between 0 and 1");
            }

            var shape = new ModelShape(
                fields.RequiredInt("num_hidden_layers", 1, 4096), hidden, heads, keyValueHeads, headWidth ?? (hidden / heads), fields.RequiredInt("intermediate_size", 1, MaximumWidth), fields.RequiredInt("vocab_size", 1, 1 << 24));
            return new LlamaConfig(
                shape, (float)epsilon, fields.OptionalBool("tie_word_embeddings") ?? false, fields.OptionalBool("attention_bias") ?? false, fields.OptionalBool("mlp_bias") ?? false);
        }
    }
}
