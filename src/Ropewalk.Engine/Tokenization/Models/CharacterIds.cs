namespace Ropewalk.Engine.Tokenization;

/// <summary>Ids of the tokens that are one character.</summary>
internal sealed class CharacterIds
{
    private readonly int[] _basic = new int[0x10000];
    private readonly Dictionary<int, int> _beyond = [];

    public CharacterIds(IReadOnlyDictionary<string, int> vocabulary)
    {
        Array.Fill(_basic, -1);
        foreach (var (token, id) in vocabulary)
        {
            if (token.Length == 1)
            {
                _basic[token[0]] = id;
            }
            else if (token.Length == 2 && char.IsHighSurrogate(token[0]))
            {
                _beyond[char.ConvertToUtf32(token[0], token[1])] = id;
            }
        }
    }

    /// <summary>Id of a UTF-16 unit that is a whole character, or -1 (also for halves of surrogate pairs).</summary>
    public int OfUnit(char c) => _basic[c];

    /// <summary>Id of a character, or -1.</summary>
    public int Of(int codePoint) =>
        codePoint < 0x10000 ? _basic[codePoint] : _beyond.GetValueOrDefault(codePoint, -1);
}
