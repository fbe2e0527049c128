using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Tests.Tokenization;

/// <summary>Every component against Hugging Face's Rust library, and SentencePiece's files against SentencePiece: see
/// Golden/make_tokenizer_components.mjs.</summary>
public sealed class ComponentGoldenTests
{
    private static readonly JsonNode Golden = JsonNode.Parse(File.ReadAllBytes(Path.Combine(SharedData.Root, "tests", "Ropewalk.Tests", "Golden", "tokenizer_components.json")))!;
    private static readonly string[] Texts = Golden["texts"]!.Deserialize<string[]>()!;

    public static TheoryData<int> Words() => [.. Enumerable.Range(0, Golden["words"]!.AsArray().Count)];

    public static TheoryData<string> Names(string list) => [.. Golden[list]!.AsArray().Select(t => t!["name"]!.GetValue<string>())];

    [Theory]
    [MemberData(nameof(Words))]
    public void Cuts_and_rewrites_texts_as_the_reference(int index)
    {
        var golden = Golden["words"]![index]!;
        var expected = golden["words"]!.Deserialize<string[][]>()!;
        var normalizer = golden["normalizer"] is { } n ? Normalizer.Read(Field(n)) : null;
        var preTokenizer = golden["pre_tokenizer"] is { } p ? PreTokenizer.Read(Field(p)) : null;
        var wrong = new List<string>();
        for (var i = 0; i < Texts.Length; i++)
        {
            var text = normalizer?.Normalize(Texts[i]) ?? Texts[i];
            var piece = new Piece(text.AsMemory(), AtStart: true);
            var words = text.Length == 0 ? [] : (preTokenizer?.Split([piece]) ?? [piece]).Select(w => w.Text.ToString()).ToArray();
            Compare(wrong, Texts[i], Json(expected[i]), Json(words));
        }

        Assert.True(wrong.Count == 0, $"{JsonField.Short((golden["normalizer"] ?? golden["pre_tokenizer"])!.ToJsonString())}\n{string.Join('\n', wrong)}");
    }

    [Theory]
    [MemberData(nameof(Names), "tokenizers")]
    public void Whole_tokenizers_encode_and_decode_as_the_reference(string name)
    {
        var golden = Golden["tokenizers"]!.AsArray().First(t => t!["name"]!.GetValue<string>() == name)!;
        var tokenizer = Tokenizer.Parse(golden["json"]!.ToJsonString(), name);
        var wrong = new List<string>();
        for (var i = 0; i < Texts.Length; i++)
        {
            var c = golden["cases"]![i]!;
            var ids = c["ids"]!.Deserialize<int[]>()!;
            Compare(wrong, Texts[i], Json(ids), Json(tokenizer.Encode(Texts[i])));
            Compare(wrong, Texts[i], c["plain"]!.ToJsonString(), Json(tokenizer.Encode(Texts[i], addSpecialTokens: false)));
            Compare(wrong, Texts[i], Json(c["decoded"]!.GetValue<string>()), Json(tokenizer.Decode(ids)));
            Compare(wrong, Texts[i], Json(c["skipped"]!.GetValue<string>()), Json(tokenizer.Decode(ids, skipSpecialTokens: true)));
        }

        foreach (var c in golden["decodes"]!.AsArray())
        {
            var ids = c!["ids"]!.Deserialize<int[]>()!;
            var decoded = c["decoded"]!.GetValue<string>();
            var expected = Json(decoded);
            Compare(wrong, Json(ids), expected, Json(tokenizer.Decode(ids)));
            if (!decoded.Contains('\uFFFD', StringComparison.Ordinal))
            {
                var stream = new StreamingDecoder(tokenizer, skipSpecialTokens: false);
                Compare(wrong, "streamed " + Json(ids), expected, Json(string.Concat(ids.Select(stream.Append)) + stream.Flush()));
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [MemberData(nameof(Names), "sentence_pieces")]
    public void Models_of_SentencePiece_encode_and_decode_as_it_does(string name)
    {
        var golden = Golden["sentence_pieces"]!.AsArray().First(t => t!["name"]!.GetValue<string>() == name)!;
        using var folder = new TokenizerFiles().With("tokenizer.model", Convert.FromBase64String(golden["model"]!.GetValue<string>()));
        var tokenizer = Tokenizer.Load(folder.Path);
        var unknown = tokenizer.TokenId("<unk>");
        var wrong = new List<string>();
        for (var i = 0; i < Texts.Length; i++)
        {
            if (golden["cases"]![i] is not { } c)
            {
                continue;
            }

            var ids = c["ids"]!.Deserialize<int[]>()!;
            Compare(wrong, Texts[i], Json(ids), Json(tokenizer.Encode(Texts[i], matchSpecialTokens: false)));

            // SentencePiece writes the unknown piece as " \u2047 ", Hugging Face and this program as <unk>.
            var decoded = c["decoded"]!.GetValue<string>();
            if (Array.TrueForAll(ids, id => id != unknown))
            {
                Compare(wrong, Texts[i], Json(decoded), Json(tokenizer.Decode(ids)));
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static JsonField Field(JsonNode node)
    {
        using var document = JsonDocument.Parse(node.ToJsonString());
        return JsonField.Root("golden", document.RootElement.Clone());
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value);

    private static void Compare(List<string> wrong, string text, string expected, string found)
    {
        if (expected != found && wrong.Count < 20)
        {
            wrong.Add($"{Json(text)}: expected {expected}, found {found}");
        }
    }
}
