using System.Text.Json;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Reads the BPE model of a tokenizer.json.</summary>
internal static class BytePairReader
{
    public static BytePairModel Read(JsonField model, List<string> notes)
    {
        foreach (var affix in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (model.Optional(affix) is { } field && field.String().Length > 0)
            {
                throw field.Unsupported("the affix " + JsonField.Short(field.String()), "none");
            }
        }

        if (model.Optional("dropout") is { } dropout)
        {
            notes.Add($"{dropout.File}: {dropout.Path}: ignored: merges are never dropped");
        }

        var vocabulary = TokenModel.ReadVocabulary(model.Required("vocab"));
        return new BytePairModel(new BytePairSettings
        {
            Vocabulary = vocabulary,
            Merges = ReadMerges(model.Required("merges"), vocabulary),
            ByteIds = model.BoolOr("byte_fallback", false) ? ByteIds(vocabulary) : null,
            Unknown = model.Optional("unk_token") is { } unknown ? Id(unknown, unknown.String(), vocabulary) : null,
            FuseUnknown = model.BoolOr("fuse_unk", false),
            IgnoreMerges = model.BoolOr("ignore_merges", false),
        });
    }

    private static (int Left, int Right, int Merged)[] ReadMerges(JsonField field, Dictionary<string, int> vocabulary)
    {
        var merges = new List<(int, int, int)>(field.Count);
        foreach (var item in field.Items())
        {
            var (left, right) = ReadPair(item, vocabulary);
            merges.Add((Id(item, left, vocabulary), Id(item, right, vocabulary), Id(item, left + right, vocabulary)));
        }

        return [.. merges];
    }

    /// <summary>"a b" in older files; newer ones have ["a", "b"], since a token may contain a space. Such tokens occur in
    /// the older form too: then the one place counts where both sides and what they become are tokens.</summary>
    private static (string Left, string Right) ReadPair(JsonField item, Dictionary<string, int> vocabulary)
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
                pairs.RemoveAll(p => !vocabulary.ContainsKey(p.Item1) || !vocabulary.ContainsKey(p.Item2) || !vocabulary.ContainsKey(p.Item1 + p.Item2));
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
