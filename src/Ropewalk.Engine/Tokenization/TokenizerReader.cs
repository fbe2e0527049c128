using System.Text;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Puts a tokenizer together from its files.</summary>
internal static class TokenizerReader
{
    public static Tokenizer Load(string path)
    {
        if (File.Exists(path) && Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase))
        {
            return Parse(TokenizerFile.Read(path), path, null);
        }

        if (File.Exists(path))
        {
            using var gguf = GgufSet.Open(path);
            var hasEmbedding = gguf.TryFind("token_embd.weight", out var embedding, out _) && embedding.Shape.Length == 2;
            return GgufTokenizerReader.Read(gguf.Metadata, hasEmbedding ? (int)Math.Min(embedding!.Shape[0], int.MaxValue) : null).Tokenizer;
        }

        var tokenizer = TokenizerFolder.Load(path);
        return FolderSettings.Read(path, "config.json")?.Optional("vocab_size") is { } rows ? tokenizer.Within(rows.Int(), $"{rows.File}: vocab_size") : tokenizer;
    }

    /// <summary>Reads a tokenizer.json that was put together from other files.</summary>
    public static Tokenizer Parse(JsonObject json, string file, JsonField config, List<string> notes)
    {
        var bytes = Encoding.UTF8.GetBytes(json.ToJsonString(GgufTokenizerJson.Options));
        return Parse(bytes, file, config, notes);
    }

    public static Tokenizer Parse(ReadOnlyMemory<byte> json, string file, JsonField? config, List<string>? notes = null)
    {
        using var document = TokenizerFile.Parse(json, file);
        var root = JsonField.Root(file, document.RootElement);
        notes ??= [];
        foreach (var name in new[] { "truncation", "padding" })
        {
            if (root.Optional(name) is not null)
            {
                notes.Add($"{file}: {name}: ignored: texts are neither cut nor filled up");
            }
        }

        var model = TokenModel.Read(root.Required("model"), notes);
        var added = ReadAddedTokens(root, model, notes);
        var frame = root.Optional("post_processor") is { } post ? SpecialFrame.Read(post) : null;
        CheckFrame(root, frame, model, added);
        var special = SpecialTokens.Read(config, frame, name => Find(name, model, added), notes);
        return new Tokenizer(new TokenizerParts
        {
            Model = model,
            AddedTokens = added,
            Normalizer = root.Optional("normalizer") is { } normalizer ? Normalizer.Read(normalizer) : null,
            PreTokenizer = root.Optional("pre_tokenizer") is { } preTokenizer ? PreTokenizer.Read(preTokenizer) : null,
            Frame = special.Frame,
            Decoder = root.Optional("decoder") is { } decoder ? TokenDecoder.Read(decoder) : null,
            BosToken = special.Bos,
            EosToken = special.Eos,
            Notes = notes,
        });
    }

    private static int? Find(string name, TokenModel model, List<AddedToken> added) =>
        added.Find(t => t.Content == name) is { } token ? token.Id
        : model.Vocabulary.TryGetValue(name, out var id) ? id : null;

    /// <summary>Checks that ids are one to one over vocab and added tokens, and that none is far out: an array is
    /// allocated up to the largest.</summary>
    public static List<AddedToken> ReadAddedTokens(JsonField root, TokenModel model, List<string> notes)
    {
        var owners = model.Vocabulary.ToDictionary(v => v.Value, v => v.Key);
        var tokens = new List<AddedToken>();
        var contents = new HashSet<string>(StringComparer.Ordinal);
        if (root.Optional("added_tokens") is { } field)
        {
            foreach (var item in field.Items())
            {
                var token = AddedToken.Read(item);
                if (!contents.Add(token.Content))
                {
                    throw item.Error($"a second token \"{JsonField.Short(token.Content)}\"", "each token once");
                }

                if (model.Vocabulary.TryGetValue(token.Content, out var id) ? id != token.Id : !owners.TryAdd(token.Id, token.Content))
                {
                    throw item.Error($"the id {token.Id}", "an id that no other token has, and model.vocab's own for its tokens");
                }

                tokens.Add(token);
            }
        }

        var largest = owners.Keys.DefaultIfEmpty().Max();
        if (largest >= owners.Count && owners.Count > 0)
        {
            notes.Add($"{root.File}: model.vocab: {largest + 1L - owners.Count} ids up to {largest} have no token");
        }

        return largest <= 4L * owners.Count
            ? tokens
            : throw new CheckpointFormatException(root.File, "model.vocab", $"the id {largest}", $"at most 4 x the {owners.Count} tokens");
    }

    private static void CheckFrame(JsonField root, SpecialFrame? frame, TokenModel model, List<AddedToken> added)
    {
        if (frame is null)
        {
            return;
        }

        var known = model.Vocabulary.Values.Concat(added.Select(t => t.Id)).ToHashSet();
        foreach (var id in frame.Prefix.Concat(frame.Suffix))
        {
            if (!known.Contains(id))
            {
                throw new CheckpointFormatException(root.File, "post_processor", $"the id {id}", "the id of a token");
            }
        }
    }
}
