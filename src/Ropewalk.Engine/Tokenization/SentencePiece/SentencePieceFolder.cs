using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Tokenization;

/// <summary>A tokenizer from SentencePiece's own file, tokenizer.model, cut as SentencePiece does it.</summary>
/// <remarks>Two things are as in Hugging Face's tokenizers: control pieces (those that begin and end texts, and the like) are found
/// in a text unless that is switched off, and what stands behind one is normalised as a text of its own. And one is as in llama.cpp:
/// a character that is no piece takes part in no merge, even if longer pieces have it, which those of trained models do not.</remarks>
internal static class SentencePieceFolder
{
    /// <summary>Name of the file.</summary>
    public const string ModelName = "tokenizer.model";

    private const int MaxPieceLength = 256;
    private const string Classes = "GemmaTokenizer, LlamaTokenizer, T5Tokenizer, or no tokenizer_config.json at all";

    public static Tokenizer Load(FolderSettings settings)
    {
        if (settings.Class is not (null or "GemmaTokenizer" or "LlamaTokenizer" or "T5Tokenizer"))
        {
            throw settings.Unsupported(ModelName, Classes);
        }

        var path = Path.Combine(settings.Folder, ModelName);
        var file = SentencePieceFile.Parse(TokenizerFile.Read(path), path);
        if (file.SpaceIsSuffix || file.Denormalizes)
        {
            throw new UnsupportedCheckpointException(path, file.SpaceIsSuffix ? "trainer_spec.treat_whitespace_as_suffix" : "denormalizer_spec",
                "true", "spaces before words and texts decoded as they are");
        }

        if (settings.Config.Optional("legacy") is { } legacy && !legacy.Bool())
        {
            settings.Notes.Add($"{legacy.File}: legacy: ignored: what stands behind a special token gets a space before it, as SentencePiece does");
        }

        var model = Model(file);
        var defaults = Defaults(settings, file);
        using var added = JsonDocument.Parse(new JsonObject { ["added_tokens"] = AddedTokens(settings, file, defaults) }.ToJsonString());
        var tokens = TokenizerReader.ReadAddedTokens(JsonField.Root(path, added.RootElement), model, settings.Notes);
        var special = SpecialTokens.Read(settings.ConfigWith(defaults), frame: null, t => Find(t, file, tokens), settings.Notes);
        return new Tokenizer(new TokenizerParts
        {
            Model = model,
            AddedTokens = tokens,
            Normalizer = new SentencePieceNormalizer(file),
            PreTokenizer = null,
            Frame = special.Frame,
            Decoder = Decoder(file),
            BosToken = special.Bos,
            EosToken = special.Eos,
            Notes = settings.Notes,
        });
    }

    /// <summary>The pieces that a text may be cut into, as the model of their kind.</summary>
    private static TokenModel Model(SentencePieceFile file)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < file.Pieces.Count; id++)
        {
            if (file.Pieces[id].Type is not (SentencePieceType.Control or SentencePieceType.Unknown))
            {
                ids.Add(file.Pieces[id].Text, id);
            }
        }

        var unknown = file.Pieces.FindIndex(p => p.Type == SentencePieceType.Unknown);
        if (unknown < 0)
        {
            throw new CheckpointFormatException(file.File, "pieces", "none of type 2", "one for what is unknown");
        }

        var byteIds = file.ByteFallback ? BytePairReader.ByteIds(ids) : null;
        return file.ModelType switch
        {
            SentencePieceFile.Unigram => Unigram(file, ids, unknown, byteIds),
            SentencePieceFile.BytePair => BytePair(file, ids, unknown, byteIds),
            _ => throw new UnsupportedCheckpointException(file.File, "trainer_spec.model_type", $"{file.ModelType}", "1 (unigram), 2 (BPE)"),
        };
    }

    /// <summary>A user-defined piece scores so well that it is always taken; worst and best are those of normal pieces.</summary>
    private static UnigramModel Unigram(SentencePieceFile file, Dictionary<string, int> ids, int unknown, int[]? byteIds)
    {
        const float smallest = 1.17549435e-38f;
        var normal = file.Pieces.Where(p => p.Type == SentencePieceType.Normal).Select(p => p.Score).ToArray();
        var best = normal.Append(smallest).Max();
        var pieces = new List<(string, int, double)>();
        for (var id = 0; id < file.Pieces.Count; id++)
        {
            var (text, score, type) = file.Pieces[id];
            if (type is SentencePieceType.Normal or SentencePieceType.UserDefined)
            {
                var bonus = (System.Text.Encoding.UTF8.GetByteCount(text) * best) - 0.1;
                pieces.Add((text, id, type == SentencePieceType.Normal ? score : bonus));
            }
        }

        return new UnigramModel(
            new UnigramSettings
            {
                Vocabulary = ids,
                Pieces = [.. pieces],
                UnknownScore = (float)(normal.DefaultIfEmpty(0).Min() - UnigramReader.UnknownPenalty),
                Unknown = new UnknownToken(unknown, file.File, "pieces"),
                ByteIds = byteIds,
                SinglePrecision = true,
            },
            file.File,
            "pieces");
    }

    private static BytePairModel BytePair(SentencePieceFile file, Dictionary<string, int> ids, int unknown, int[]? byteIds)
    {
        var wrong = file.Pieces.FindIndex(p => p.Type == SentencePieceType.Unused || p.Text.Length > MaxPieceLength);
        if (wrong >= 0)
        {
            throw new UnsupportedCheckpointException(file.File, $"pieces[{wrong}]", $"a piece of type {(int)file.Pieces[wrong].Type} and {file.Pieces[wrong].Text.Length} characters",
                $"pieces that are in use, of at most {MaxPieceLength} characters");
        }

        var normal = ids.Where(t => file.Pieces[t.Value].Type == SentencePieceType.Normal).ToDictionary(StringComparer.Ordinal);
        var merges = GgufScoreMerges.Build(normal, id => file.Pieces[id].Score);
        return new BytePairModel(new BytePairSettings
        {
            Vocabulary = ids,
            Merges = [.. merges.Select(m => (m.Left, m.Right, ids[file.Pieces[m.Left].Text + file.Pieces[m.Right].Text]))],
            ByteIds = byteIds,
            Unknown = unknown,
            FuseUnknown = true,
            IgnoreMerges = false,
        });
    }

    /// <summary>Control pieces and the unknown one; with BPE also the user-defined ones, which no merge crosses; and what
    /// tokenizer_config.json adds.</summary>
    private static JsonArray AddedTokens(FolderSettings settings, SentencePieceFile file, JsonObject defaults)
    {
        var ids = file.Pieces.Select((p, id) => (p.Text, id)).ToDictionary(p => p.Text, p => p.id, StringComparer.Ordinal);
        var tokens = FolderTokens.Read(settings, defaults, t => ids.TryGetValue(t, out var id) ? id : null);
        var known = tokens.Select(t => t!["content"]!.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        for (var id = 0; id < file.Pieces.Count; id++)
        {
            var (text, _, type) = file.Pieces[id];
            var isUserDefined = type == SentencePieceType.UserDefined && file.ModelType == SentencePieceFile.BytePair;
            if ((isUserDefined || type is SentencePieceType.Control or SentencePieceType.Unknown) && !known.Contains(text))
            {
                tokens.Add(new JsonObject { ["id"] = id, ["content"] = text, ["normalized"] = isUserDefined, ["special"] = !isUserDefined });
            }
        }

        return tokens;
    }

    /// <summary>What the class does where tokenizer_config.json is silent. Without the file nothing is put around a text.</summary>
    private static JsonObject Defaults(FolderSettings settings, SentencePieceFile file)
    {
        string? Text(int id) => id >= 0 && id < file.Pieces.Count && file.Pieces[id].Type == SentencePieceType.Control ? file.Pieces[id].Text : null;
        var (bos, eos) = (settings.Class == "T5Tokenizer" ? null : Text(file.Bos), Text(file.Eos));
        return new JsonObject
        {
            ["bos_token"] = bos,
            ["eos_token"] = eos,
            ["add_bos_token"] = settings.Class is "LlamaTokenizer" or "GemmaTokenizer" && bos is not null,
            ["add_eos_token"] = settings.Class == "T5Tokenizer" && eos is not null,
        };
    }

    /// <summary>Drops the space that was put before a text; where none can stand there, all.</summary>
    private static SequenceDecoder Decoder(SentencePieceFile file)
    {
        var spaces = new ReplaceDecoder(new ReplaceNormalizer(new LiteralScanner("\u2581"), " "));
        var drops = !file.EscapeSpaces ? 0 : file.RemoveExtraSpaces ? int.MaxValue : file.AddDummyPrefix ? 1 : 0;
        return SequenceDecoder.Of([spaces, new ByteFallbackDecoder(), new FuseDecoder(), new StripDecoder(' ', drops, 0)]);
    }

    private static int? Find(string name, SentencePieceFile file, List<AddedToken> tokens) =>
        tokens.Find(t => t.Content == name) is { } token ? token.Id
        : file.Pieces.FindIndex(p => p.Text == name) is var id and >= 0 ? id : null;
}
