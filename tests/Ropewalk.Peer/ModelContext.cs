using Ropewalk.Peer.Native;

namespace Ropewalk.Peer;

/// <summary>A context of one sequence: tokens in, logits out.</summary>
internal sealed unsafe class ModelContext : IDisposable
{
    /// <summary>Tokens that go through at once when all their logits are wanted: with 32,000 tokens in the vocabulary that is 64 MB.</summary>
    public const int RowsAtOnce = 512;

    private readonly LoadedModel _model;
    private readonly int _batch;
    private nint _handle;

    /// <summary>Makes a context that takes the tokens.</summary>
    /// <param name="model">The model; outlives the context.</param>
    /// <param name="options">Threads, precision, rotary overrides.</param>
    /// <param name="tokens">Tokens that will be run.</param>
    /// <param name="batch">Most tokens of one call.</param>
    /// <param name="microBatch">Most tokens that go through the model at once.</param>
    /// <param name="pooling">llama_pooling_type of a context that gives embeddings; null for one that gives logits.</param>
    public ModelContext(LoadedModel model, ContextOptions options, int tokens, int batch = RowsAtOnce, int microBatch = RowsAtOnce, int? pooling = null)
    {
        if (options.Context != 0 && tokens > options.Context)
        {
            throw new PeerInputException($"--ctx: found {options.Context}, expected at least the {tokens} tokens that are run");
        }

        _model = model;
        _batch = Math.Min(batch, tokens);
        var parameters = options.Parameters(tokens, _batch, Math.Min(microBatch, _batch));
        if (pooling is { } type)
        {
            parameters.Pooling = type;
            parameters.Embeddings = 1;
        }

        _handle = LlamaNative.llama_init_from_model(model.Handle, parameters);
        if (_handle == 0)
        {
            throw new PeerInputException($"{model.Path}: llama.cpp cannot make a context of {tokens} tokens: {LlamaLog.LastErrors}");
        }
    }

    /// <summary>Tokens that a sequence can have: rounded up by llama.cpp.</summary>
    public int Length => (int)LlamaNative.llama_n_ctx_seq(_handle);

    /// <summary>Runs the tokens after those before and hands out every row of logits in order.</summary>
    public void Run(ReadOnlySpan<int> tokens, RowSink sink)
    {
        var all = new byte[Math.Min(_batch, tokens.Length)];
        all.AsSpan().Fill(1);
        for (var start = 0; start < tokens.Length; start += _batch)
        {
            var count = Math.Min(_batch, tokens.Length - start);
            Decode(tokens.Slice(start, count), all);
            var logits = LlamaNative.llama_get_logits(_handle);
            for (var i = 0; i < count; i++)
            {
                sink(start + i, new ReadOnlySpan<float>(logits + ((long)i * _model.VocabularySize), _model.VocabularySize));
            }
        }
    }

    /// <summary>Runs the tokens after those before; waits until that is done.</summary>
    /// <param name="tokens">Any number.</param>
    /// <param name="allLogits">Whether the logits of all rows are computed, or only each batch's last.</param>
    public void Run(ReadOnlySpan<int> tokens, bool allLogits)
    {
        var all = allLogits ? new byte[Math.Min(_batch, tokens.Length)] : [];
        all.AsSpan().Fill(1);
        for (var start = 0; start < tokens.Length; start += _batch)
        {
            Decode(tokens.Slice(start, Math.Min(_batch, tokens.Length - start)), all);
        }

        LlamaNative.llama_synchronize(_handle);
    }

    /// <summary>Runs one text, which has to go through at once, and gives its vector, or without pooling its rows.</summary>
    /// <param name="tokens">The whole text.</param>
    /// <param name="isPooled">Whether the context pools.</param>
    public ReadOnlySpan<float> Embed(ReadOnlySpan<int> tokens, bool isPooled)
    {
        var memory = LlamaNative.llama_get_memory(_handle);
        if (memory != 0)
        {
            LlamaNative.llama_memory_clear(memory, 1);
        }

        var all = new byte[tokens.Length];
        all.AsSpan().Fill(1);
        Decode(tokens, all);
        var found = isPooled ? LlamaNative.llama_get_embeddings_seq(_handle, 0) : LlamaNative.llama_get_embeddings(_handle);
        var width = LlamaNative.llama_model_n_embd(_model.Handle);
        return found == null
            ? throw new PeerInputException($"{_model.Path}: llama.cpp gave no embeddings: {LlamaLog.LastErrors}")
            : new ReadOnlySpan<float>(found, width * (isPooled ? 1 : tokens.Length));
    }

    /// <summary>Forgets all tokens.</summary>
    public void Clear() => LlamaNative.llama_memory_clear(LlamaNative.llama_get_memory(_handle), 0);

    /// <inheritdoc />
    public void Dispose()
    {
        if (_handle != 0)
        {
            LlamaNative.llama_free(_handle);
            _handle = 0;
        }
    }

    private void Decode(ReadOnlySpan<int> tokens, byte[] wanted)
    {
        fixed (int* ids = tokens)
        fixed (byte* logits = wanted)
        {
            var code = LlamaNative.llama_decode(_handle, new LlamaNative.Batch { NumTokens = tokens.Length, Tokens = ids, Logits = logits });
            if (code != 0)
            {
                throw new PeerInputException($"{_model.Path}: llama_decode gave {code}: {LlamaLog.LastErrors}");
            }
        }
    }
}
