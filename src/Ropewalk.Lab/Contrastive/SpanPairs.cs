using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Contrastive;

/// <summary>Pairs from running text: two spans of one neighbourhood, which share no token, so that what they have in common is what the passage is about. Four
/// neighbourhoods of a batch come from one book, since otherwise the book alone would tell the pairs apart.</summary>
public sealed class SpanPairs
{
    // Shorter ones say too little: even counted words hardly find the passage of two dozen.
    private const int ShortestOfLongest = 8;
    private const int OfOneBook = 4;
    private const int HeldOutEvery = 16;
    private readonly List<(int Document, int Start)> _training = [];
    private readonly List<(int Document, int Start)> _heldOut = [];
    private readonly List<(int First, int Count)> _books = [];
    private readonly IReadOnlyList<TokenDocument> _documents;
    private readonly int _neighbourhood;

    /// <summary>Cuts documents into neighbourhoods; every sixteenth is held out.</summary>
    /// <param name="documents">Tokens.</param>
    /// <param name="neighbourhood">Tokens of a neighbourhood: about a scene, in which people and places stay and words change.</param>
    public SpanPairs(IReadOnlyList<TokenDocument> documents, int neighbourhood)
    {
        (_documents, _neighbourhood) = (documents, neighbourhood);
        for (var d = 0; d < documents.Count; d++)
        {
            var first = _training.Count;
            for (var place = 0; (place + 1) * neighbourhood <= documents[d].Tokens.Length; place++)
            {
                (place % HeldOutEvery == HeldOutEvery - 1 ? _heldOut : _training).Add((d, place * neighbourhood));
            }

            if (_training.Count > first)
            {
                _books.Add((first, _training.Count - first));
            }
        }
    }

    /// <summary>Neighbourhoods that are trained on.</summary>
    public int Count => _training.Count;

    /// <summary>Neighbourhoods that are held out.</summary>
    public int HeldOutCount => _heldOut.Count;

    /// <summary>Pairs to train on, no two from one neighbourhood as long as there are enough.</summary>
    /// <param name="random">Of this batch.</param>
    /// <param name="count">How many.</param>
    /// <param name="longest">Tokens of the longest span.</param>
    public IEnumerable<TrainingPair> Draw(CounterRandom random, int count, int longest)
    {
        var taken = new HashSet<int>();
        var (first, size) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            if (i % OfOneBook == 0)
            {
                // A book's chance is its length.
                var any = random.NextInt(_training.Count);
                (first, size) = _books.Last(b => b.First <= any);
            }

            var place = first + random.NextInt(size);
            for (var tries = 0; !taken.Add(place) && tries < _training.Count; tries++)
            {
                place = random.NextInt(_training.Count);
            }

            yield return Pair(_training[place], random, Length(random, longest), Length(random, longest));
        }
    }

    /// <summary>A held-out pair: a short span, and one of a given length.</summary>
    public TrainingPair HeldOut(int number, CounterRandom random, int queryLength, int length) => Pair(_heldOut[number], random, queryLength, length);

    /// <summary>A span of text, for whatever needs one.</summary>
    /// <param name="random">Which.</param>
    /// <param name="length">Tokens.</param>
    /// <param name="isHeldOut">Whether it is of a passage that is held out, if there is any, or of one that is trained on.</param>
    public ReadOnlySpan<int> Stretch(CounterRandom random, int length, bool isHeldOut)
    {
        var passages = isHeldOut && _heldOut.Count > 0 ? _heldOut : _training;
        var (document, start) = passages[random.NextInt(passages.Count)];
        return _documents[document].Tokens.AsSpan(start + random.NextInt(_neighbourhood - length + 1), length);
    }

    /// <summary>Each power of two as likely as the next.</summary>
    private static int Length(CounterRandom random, int longest) =>
        (int)(longest * Math.Pow(ShortestOfLongest, random.NextDouble() - 1));

    private TrainingPair Pair((int Document, int Start) place, CounterRandom random, int queryLength, int length)
    {
        var stretch = _documents[place.Document].Tokens.AsSpan(place.Start, _neighbourhood);
        var room = _neighbourhood - queryLength - length;
        var (before, queryFirst) = (random.NextInt(room + 1), random.NextInt(2) == 0);
        var gap = random.NextInt(room - before + 1);
        var (a, b) = queryFirst ? (queryLength, length) : (length, queryLength);
        var (first, second) = (stretch.Slice(before, a).ToArray(), stretch.Slice(before + a + gap, b).ToArray());
        return queryFirst ? new TrainingPair(first, second, []) : new TrainingPair(second, first, []);
    }
}
