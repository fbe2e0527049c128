using Ropewalk.Lab.Data;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Training;

/// <summary>Documents one after the other, and stretches of them in an order that is a function of the seed and the stretch's number alone. So the place in
/// the data needs no saving: it is the number of sequences drawn so far. Each round over the data goes through all stretches in an order of its own,
/// cut at another offset.</summary>
public sealed class StretchSource
{
    private readonly int[] _tokens;
    private readonly int[] _starts;
    private readonly CounterRandom _random;
    private readonly int _stretch;
    private readonly int _numStretches;
    private long _round = -1;
    private int[] _order = [];
    private int _offset;

    /// <summary>Joins documents.</summary>
    /// <param name="documents">At least one.</param>
    /// <param name="endToken">Put after each document; null for nothing.</param>
    /// <param name="stretch">Tokens of a stretch.</param>
    /// <param name="seed">Of the order.</param>
    /// <exception cref="UserInputException">The texts have not one stretch and the token after it.</exception>
    public StretchSource(IReadOnlyList<TokenDocument> documents, int? endToken, int stretch, ulong seed)
    {
        _tokens = [.. documents.SelectMany(d => endToken is { } end ? [.. d.Tokens, end] : d.Tokens)];
        var starts = new List<int> { 0 };
        foreach (var document in documents.SkipLast(1))
        {
            starts.Add(starts[^1] + document.Tokens.Length + (endToken is null ? 0 : 1));
        }

        _starts = [.. starts];
        _random = new CounterRandom(seed).Fork(0x7261696E);
        _stretch = stretch;

        // One stretch is left for the offset of a round.
        _numStretches = Math.Max(1, (_tokens.Length - 1) / stretch - 1);
        if (_tokens.Length < stretch + 1)
        {
            throw new UserInputException($"texts: found {_tokens.Length} tokens, expected at least {stretch + 1}: a sequence and the token after it");
        }
    }

    /// <summary>Tokens of all documents.</summary>
    public long NumTokens => _tokens.Length;

    /// <summary>Stretches of one round.</summary>
    public int NumStretches => _numStretches;

    /// <summary>A stretch and the token after it.</summary>
    /// <param name="number">0, 1, ...</param>
    /// <param name="start">Where it begins in the joined documents.</param>
    public ReadOnlySpan<int> Stretch(long number, out int start)
    {
        var round = number / _numStretches;
        if (round != _round)
        {
            var random = _random.Fork((ulong)round);
            _order = [.. Enumerable.Range(0, _numStretches)];
            for (var i = _order.Length - 1; i > 0; i--)
            {
                var j = random.NextInt(i + 1);
                (_order[i], _order[j]) = (_order[j], _order[i]);
            }

            _offset = random.NextInt(Math.Min(_stretch, _tokens.Length - (_numStretches * _stretch)));
            _round = round;
        }

        start = _offset + (_order[number % _numStretches] * _stretch);
        return _tokens.AsSpan(start, _stretch + 1);
    }

    /// <summary>Index of the first token of the document that a token belongs to.</summary>
    public int DocumentStart(int index)
    {
        var found = Array.BinarySearch(_starts, index);
        return found >= 0 ? index : _starts[~found - 1];
    }
}
