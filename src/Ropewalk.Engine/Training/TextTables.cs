using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Positions;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Engine.Training;

/// <summary>Angles, cells and table rows of the texts of a batch. Texts of one length share tables.</summary>
/// <param name="spec">The network.</param>
/// <param name="scaling">Angles of rotary positions; null for the config's own.</param>
internal sealed class TextTables(NetworkSpec spec, RopeScaling? scaling) : IDisposable
{
    private readonly EncoderPositions? _positions = spec.Encoder is null ? null : new EncoderPositions(spec, new EncoderMethod { Scaling = scaling });
    private readonly Dictionary<(int Length, int CutAt, int Skip), RotaryTable> _full = [];
    private readonly Dictionary<int, RotaryTable?> _local = [];

    /// <summary>A text as the network reads it.</summary>
    /// <exception cref="ArgumentException">It has no tokens, ids outside the vocabulary, or positions outside the table.</exception>
    public TrainingSequence SequenceOf(TrainedText text)
    {
        var (tokens, length) = (text.Tokens, text.Tokens.Length);
        var limit = spec.Encoder is { HasTable: true } table ? table.Window : int.MaxValue;
        if (length == 0 || text.FirstPosition < 0 || text.Skip < 0 || text.Reach > limit || text.SkippedRows >= length || tokens.AsSpan().ContainsAnyExceptInRange(0, spec.Shape.VocabularySize - 1))
        {
            throw new ArgumentException(
                $"{length} tokens at positions {text.FirstPosition} to {text.Reach - 1}, expected at least one that counts, ids below {spec.Shape.VocabularySize}, and positions below {limit}", nameof(text));
        }

        if (!_local.TryGetValue(length, out var local))
        {
            _local[length] = local = _positions?.Local(length);
        }

        return new TrainingSequence(tokens, [], Full(text))
        {
            LocalRotary = local,
            PositionRows = spec.Encoder is { HasTable: true } encoder ? [.. Enumerable.Range(0, length).Select(i => encoder.FirstPosition + text.PositionOf(i))] : [],
        };
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var table in _full.Values.Concat(_local.Values))
        {
            table?.Dispose();
        }
    }

    private RotaryTable Full(TrainedText text)
    {
        var hasTable = spec.Encoder is { HasTable: true };
        var length = text.Tokens.Length;
        var key = hasTable || text.Skip == 0 ? (length, 0, 0) : (length, text.CutAt, text.Skip);
        if (!_full.TryGetValue(key, out var table))
        {
            _full[key] = table = (key.Item3, _positions) switch
            {
                (0, not null) => _positions.Full(length),
                (0, null) => new RotaryTable(Frequencies(length), length),
                _ => new RotaryTable(Frequencies(length + text.Skip), PlanLayout.Pieces(length, text.CutAt, text.Skip, isCausal: _positions is null), length),
            };
        }

        return table;
    }

    private RopeFrequencies Frequencies(int reach) => (scaling ?? spec.Rope.Scaling).At(reach);
}
