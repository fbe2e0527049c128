using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Finds the tokens that a text starts with, character by character.</summary>
internal sealed class PieceTrie
{
    /// <summary>The node of the empty text.</summary>
    public const int Root = 0;

    /// <summary>A token that is longer is refused, since a search costs its length at each place of a text.</summary>
    private const int MaxLength = AddedToken.MaxLength;

    /// <summary>Some hundred megabytes of memory; a vocabulary of 250,000 tokens has less than a million.</summary>
    private const int MaxNodes = 1 << 23;

    private readonly PairTable _edges;
    private readonly int[] _values;

    /// <param name="tokens">Tokens, each once, with their values (0 or more).</param>
    /// <param name="file">The file that they stand in, for complaints.</param>
    /// <param name="field">The field.</param>
    /// <exception cref="UnsupportedCheckpointException">A token is too long, or they are too many.</exception>
    public PieceTrie(IEnumerable<(string Token, int Value)> tokens, string file, string field)
    {
        var sorted = tokens.ToArray();
        Array.Sort(sorted, (a, b) => string.CompareOrdinal(a.Token, b.Token));
        var nodes = 1L;
        var last = "";
        foreach (var (token, _) in sorted)
        {
            if (token.Length > MaxLength)
            {
                throw new UnsupportedCheckpointException(file, field, $"a token of {token.Length} characters", $"at most {MaxLength}");
            }

            nodes += token.Length - token.AsSpan().CommonPrefixLength(last);
            last = token;
        }

        if (nodes > MaxNodes)
        {
            throw new UnsupportedCheckpointException(file, field, $"{nodes} different beginnings of tokens", $"at most {MaxNodes}");
        }

        _edges = new PairTable((int)nodes);
        _values = new int[nodes];
        Array.Fill(_values, -1);
        var count = 1;
        foreach (var (token, value) in sorted)
        {
            var node = Root;
            foreach (var c in token)
            {
                var next = (int)_edges.Get(node, c);
                if (next < 0)
                {
                    next = count++;
                    _edges.Set(node, c, next);
                }

                node = next;
            }

            _values[node] = value;
        }
    }

    /// <summary>The node one character on, or -1.</summary>
    public int Next(int node, char c) => (int)_edges.Get(node, c);

    /// <summary>The value of the token that ends at a node, or -1.</summary>
    public int Value(int node) => _values[node];

    /// <summary>The node at the end of a text, or -1.</summary>
    public int Find(string text)
    {
        var node = Root;
        foreach (var c in text)
        {
            node = node < 0 ? -1 : Next(node, c);
        }

        return node;
    }

    /// <summary>The value of the longest token that <paramref name="text"/> starts with, or -1.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">The node to start from.</param>
    /// <param name="length">The token's characters behind that node.</param>
    public int Longest(ReadOnlySpan<char> text, int from, out int length)
    {
        var best = -1;
        length = 0;
        var node = from;
        for (var i = 0; i < text.Length && node >= 0; i++)
        {
            node = Next(node, text[i]);
            if (node >= 0 && _values[node] >= 0)
            {
                best = _values[node];
                length = i + 1;
            }
        }

        return best;
    }
}
