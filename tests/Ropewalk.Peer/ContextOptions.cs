using Ropewalk.Peer.Native;

namespace Ropewalk.Peer;

/// <summary>The options that every command with a context shares. By default the exact setting: no flash attention, keys and values in F32.</summary>
internal sealed class ContextOptions
{
    private const int MostContext = 1 << 24;
    private readonly int _flashAttention;
    private readonly int _cacheType;
    private readonly int _ropeScaling;
    private readonly float _ropeFreqBase;
    private readonly float _ropeFreqScale;
    private readonly float _yarnAttnFactor;
    private readonly float _yarnBetaFast;
    private readonly float _yarnBetaSlow;
    private readonly int _yarnOrigCtx;

    /// <summary>Takes them from the arguments.</summary>
    public ContextOptions(Arguments arguments)
    {
        Threads = arguments.Number("--threads", 2, 1, 1024);
        Context = arguments.Number("--ctx", 0, 1, MostContext);
        _flashAttention = arguments.Flag("--flash-attention") ? 1 : 0;
        _cacheType = arguments.Choice("--cache-type", 0, ("f32", 0), ("f16", 1));
        _ropeScaling = arguments.Choice("--rope-scaling", -1, ("none", 0), ("linear", 1), ("yarn", 2), ("longrope", 3));
        _ropeFreqBase = arguments.Positive("--rope-freq-base", 0);
        _ropeFreqScale = arguments.Positive("--rope-freq-scale", 0);
        _yarnAttnFactor = arguments.Positive("--yarn-attn-factor", -1);
        _yarnBetaFast = arguments.Positive("--yarn-beta-fast", -1);
        _yarnBetaSlow = arguments.Positive("--yarn-beta-slow", -1);
        _yarnOrigCtx = arguments.Number("--yarn-orig-ctx", 0, 1, MostContext);
    }

    /// <summary>Threads.</summary>
    public int Threads { get; }

    /// <summary>Tokens that the context holds; 0 for as many as are needed.</summary>
    public int Context { get; }

    /// <summary>llama.cpp's parameters.</summary>
    /// <param name="tokens">Tokens that the context has to hold.</param>
    /// <param name="batch">Most tokens of one call of llama_decode: more would abort the process.</param>
    /// <param name="microBatch">Most tokens that go through the model at once.</param>
    public LlamaNative.ContextParams Parameters(int tokens, int batch, int microBatch)
    {
        var parameters = LlamaNative.llama_context_default_params();
        parameters.Context = (uint)(Context == 0 ? tokens : Context);
        parameters.Batch = (uint)batch;
        parameters.MicroBatch = (uint)microBatch;
        parameters.Threads = Threads;
        parameters.BatchThreads = Threads;
        parameters.FlashAttention = _flashAttention;
        parameters.TypeK = _cacheType;
        parameters.TypeV = _cacheType;
        parameters.RopeScaling = _ropeScaling;
        parameters.RopeFreqBase = _ropeFreqBase;
        parameters.RopeFreqScale = _ropeFreqScale;
        parameters.YarnAttnFactor = _yarnAttnFactor;
        parameters.YarnBetaFast = _yarnBetaFast;
        parameters.YarnBetaSlow = _yarnBetaSlow;
        parameters.YarnOrigCtx = (uint)_yarnOrigCtx;
        return parameters;
    }
}
