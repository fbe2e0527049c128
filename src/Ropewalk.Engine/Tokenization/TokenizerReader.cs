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

        return LoadFolder(path);
    }

    private static Tokenizer LoadFolder(string folder)
    {
        var file = Path.Combine(folder, "tokenizer.json");
        var bytes = TokenizerFile.Read(file);
        var configFile = Path.Combine(folder, "tokenizer_config.json");
        if (!File.Exists(configFile))
        {
            return Parse(bytes, file, null);
        }

        using var config = TokenizerFile.Parse(TokenizerFile.Read(configFile), configFile);
        return Parse(bytes, file, JsonField.Root(configFile, config.RootElement));
    }

    public static Tokenizer Parse(ReadOnlyMemory<byte> json, string file, JsonField? config)
    {
        using var document = TokenizerFile.Parse(json, file);
        var root = JsonField.Root(file, document.RootElement);
        var notes = new List<string>();
        foreach (var name in new[] { "truncation", "padding" })
        {
            if (root.Optional(name) is not null)
            {
                notes.Add($"{file}: {name}: ignored: texts are neither cut nor filled up");
            }
        }

        var model = TokenModel.Read(root.Required("model"), notes);
        var added = ReadAddedTokens(root, model);
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
    private static List<AddedToken> ReadAddedTokens(JsonField root, TokenModel model)
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
