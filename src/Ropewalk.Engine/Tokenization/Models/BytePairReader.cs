using System.Text.Json;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Reads the BPE model of a tokenizer.json.</summary>
internal static class BytePairReader
{
    public static BytePairModel Read(JsonField model, List<string> notes)
    {
        if (model.Optional("dropout") is { } dropout)
        {
            notes.Add($"{dropout.File}: {dropout.Path}: ignored: merges are never dropped");
        }

        var vocabulary = TokenModel.ReadVocabulary(model.Required("vocab"));
        var prefix = Affix(model, "continuing_subword_prefix");
        return new BytePairModel(new BytePairSettings
        {
            Vocabulary = vocabulary,
            Merges = ReadMerges(model.Required("merges"), vocabulary, prefix),
            ByteIds = model.BoolOr("byte_fallback", false) ? ByteIds(vocabulary) : null,
            Unknown = model.Optional("unk_token") is { } unknown ? Id(unknown, unknown.String(), vocabulary) : null,
            FuseUnknown = model.BoolOr("fuse_unk", false),
            IgnoreMerges = model.BoolOr("ignore_merges", false),
            Prefix = prefix,
            Suffix = Affix(model, "end_of_word_suffix"),
        });
    }

    private static string Affix(JsonField model, string name) =>
        model.Optional(name) is not { } field ? ""
        : field.String().Length <= AddedToken.MaxLength ? field.String()
        : throw field.Error($"{field.String().Length} characters", $"at most {AddedToken.MaxLength}");

    private static (int Left, int Right, int Merged)[] ReadMerges(JsonField field, Dictionary<string, int> vocabulary, string prefix)
    {
        var merges = new List<(int, int, int)>(field.Count);
        foreach (var item in field.Items())
        {
            var (left, right) = ReadPair(item, vocabulary, prefix);
            merges.Add((Id(item, left, vocabulary), Id(item, right, vocabulary), Id(item, Join(left, right, prefix), vocabulary)));
        }

        return [.. merges];
    }

    /// <summary>The right side's prefix, which says that it goes on, is no part of what they become.</summary>
    private static string Join(string left, string right, string prefix) =>
        left + (right.StartsWith(prefix, StringComparison.Ordinal) ? right[prefix.Length..] : right);

    /// <summary>"a b" in older files; newer ones have ["a", "b"], since a token may contain a space. Such tokens occur in
    /// the older form too: then the one place counts where both sides and what they become are tokens.</summary>
    private static (string Left, string Right) ReadPair(JsonField item, Dictionary<string, int> vocabulary, string prefix)
    {
        List<(string, string)> pairs;
        if (item.Kind == JsonValueKind.Array)
        {
            pairs = item.Count == 2 && item.Items().Select(i => i.String()).ToArray() is [var left, var right] ? [(left, right)] : [];
        }
        else
        {
            var text = item.String();
            pairs = text.Length <= AddedToken.MaxLength ? Pairs(text) : [];
            if (pairs.Count > 1)
            {
                pairs.RemoveAll(p => !vocabulary.ContainsKey(p.Item1) || !vocabulary.ContainsKey(p.Item2) || !vocabulary.ContainsKey(Join(p.Item1, p.Item2, prefix)));
            }
        }

        return pairs is [({ Length: > 0 }, { Length: > 0 }) pair] ? pair : throw item.Error("two tokens");
    }

    private static List<(string Left, string Right)> Pairs(string text)
    {
        var pairs = new List<(string, string)>();
        for (var at = text.IndexOf(' ', 0); at >= 0; at = text.IndexOf(' ', at + 1))
        {
            if (at > 0 && at + 1 < text.Length)
            {
                pairs.Add((text[..at], text[(at + 1)..]));
            }
        }

        return pairs;
    }

    private static int Id(JsonField field, string token, Dictionary<string, int> vocabulary) =>
        vocabulary.TryGetValue(token, out var id)
            ? id
            : throw field.Error($"the token \"{JsonField.Short(token)}\", which model.vocab has not", "a token of the vocabulary");

    /// <summary>Ids of the tokens for the 256 bytes, -1 where there is none.</summary>
    public static int[] ByteIds(Dictionary<string, int> vocabulary)
    {
        var ids = new int[256];
        for (var b = 0; b < 256; b++)
        {
            ids[b] = vocabulary.GetValueOrDefault($"<0x{b:X2}>", -1);
        }

        return ids;
    }
}
