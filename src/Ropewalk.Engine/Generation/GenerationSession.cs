using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;
using Ropewalk.Positions;

namespace Ropewalk.Engine.Generation;

/// <summary>A sequence that grows: its cache, and the factors that its policy gives it. Under <see cref="SwitchPolicy.AtBoundary"/> and
/// <see cref="SwitchPolicy.AtBoundaryTurn"/> all tokens that are appended at once, a prompt for one, have the factors for the last of them.</summary>
public sealed class GenerationSession : IDisposable
{
    // Long prompts go through in pieces, so that the hidden rows of all of them are never held at once.
    private const int PieceTokens = 4096;

    private readonly LanguageModel _model;
    private readonly PositionMethod _method;
    private readonly SwitchPolicy _policy;
    private readonly KeyValueCache _cache;
    private readonly List<int> _tokens = [];
    private RotaryTable _rotary;

    /// <summary>Admits a sequence.</summary>
    /// <param name="model">The model.</param>
    /// <param name="method">Scaling and plan.</param>
    /// <param name="capacity">Tokens that it may have in all, at least 1.</param>
    /// <param name="policy">Which factors it has.</param>
    /// <param name="cacheType">Type of the keys and values: F32, F16 or BF16.</param>
    public GenerationSession(LanguageModel model, PositionMethod method, int capacity, SwitchPolicy policy = SwitchPolicy.BySequence, GgmlType cacheType = GgmlType.F32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _model = model;
        _method = method;
        _policy = policy;
        Capacity = capacity;
        Frequencies = FrequenciesFor(1);
        _rotary = new RotaryTable(Frequencies, method.Layout, capacity);
        _cache = new KeyValueCache(model.Shape, capacity, singlePass: false, cacheType, _rotary.NumKeySets);
    }

    /// <summary>Tokens that fit.</summary>
    public int Capacity { get; }

    /// <summary>Tokens so far.</summary>
    public int Length => _cache.Length;

    /// <summary>In force for all tokens so far.</summary>
    public RopeFrequencies Frequencies { get; private set; }

    /// <summary>How often factors changed while tokens were there.</summary>
    public int Switches { get; private set; }

    /// <summary>Runs the next tokens.</summary>
    /// <param name="tokens">At least one.</param>
    /// <param name="firstRow">Logits are given for these tokens from here on.</param>
    /// <param name="sink">Takes them.</param>
    /// <param name="cancellationToken">Stops between chunks; the session is of no use afterwards.</param>
    public void Append(ReadOnlySpan<int> tokens, int firstRow, LogitsSink sink, CancellationToken cancellationToken = default)
    {
        SwitchFor(Length + tokens.Length, cancellationToken);
        Run(tokens, firstRow, sink, cancellationToken);
        if (_policy == SwitchPolicy.AtBoundary)
        {
            _tokens.AddRange(tokens);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _cache.Dispose();
        _rotary.Dispose();
    }

    private RopeFrequencies FrequenciesFor(int length) => _policy switch
    {
        SwitchPolicy.BySequence => _method.At(Capacity),
        SwitchPolicy.PinLong => _method.Longest(Math.Max(Capacity, _model.Rope.MaximumContext)),
        SwitchPolicy.PinShort => _method.Scaling.At(_model.Rope.Geometry.OriginalContext),
        _ => _method.At(length),
    };

    private void SwitchFor(int length, CancellationToken cancellationToken)
    {
        var wanted = FrequenciesFor(length);
        if (wanted == Frequencies)
        {
            return;
        }

        var before = _rotary;
        _rotary = new RotaryTable(wanted, _method.Layout, Capacity);
        Frequencies = wanted;
        using (before)
        {
            if (Length == 0)
            {
                return;
            }

            Switches++;
            if (_policy == SwitchPolicy.AtBoundaryTurn)
            {
                _model.TurnKeys(_cache, before, _rotary);
                return;
            }
        }

        _cache.Truncate(0);
        Run(_tokens.ToArray(), _tokens.Count, (_, _) => { }, cancellationToken);
    }

    private void Run(ReadOnlySpan<int> tokens, int firstRow, LogitsSink sink, CancellationToken cancellationToken)
    {
        if (tokens.Length <= PieceTokens)
        {
            _model.Forward(tokens, _cache, _rotary, firstRow, sink, cancellationToken);
            return;
        }

        for (var first = 0; first < tokens.Length; first += PieceTokens)
        {
            var from = first;
            var piece = tokens.Slice(first, Math.Min(PieceTokens, tokens.Length - first));
            _model.Forward(piece, _cache, _rotary, Math.Clamp(firstRow - first, 0, piece.Length), (row, logits) => sink(from + row, logits), cancellationToken);
        }
    }
}
