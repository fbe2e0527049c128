using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Tests.Embedding;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;
using Ropewalk.Tests.Peer;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>extend on embedders as a user runs it: the folder that it writes, read by others' rules, and what it refuses.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class ExtendEmbedderTests : IDisposable
{
    private const string Positions = "embeddings.position_embeddings.weight";
    private const int Window = 512;
    private const int Target = 1536;

    private readonly TemporaryFolder _model = new();
    private readonly TemporaryFolder _out = new();

    private static IReadOnlyDictionary<string, string> Configs { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["xlm-roberta"] = """{"model_type":"xlm-roberta","hidden_size":24,"intermediate_size":48,"num_hidden_layers":2,"num_attention_heads":2,"vocab_size":30522,"max_position_embeddings":514,"type_vocab_size":1,"layer_norm_eps":1e-5,"hidden_act":"gelu","pad_token_id":1}""",
        ["nomic_bert"] = """{"model_type":"nomic_bert","n_embd":24,"n_inner":48,"n_layer":2,"n_head":2,"vocab_size":30522,"n_positions":512,"type_vocab_size":2,"layer_norm_epsilon":1e-12,"rotary_emb_base":10000,"rotary_emb_fraction":1.0,"activation_function":"swiglu","qkv_proj_bias":false,"rotary_scaling_factor":null}""",
        ["modernbert"] = """{"model_type":"modernbert","hidden_size":24,"intermediate_size":48,"num_hidden_layers":4,"num_attention_heads":2,"vocab_size":30522,"max_position_embeddings":512,"norm_eps":1e-5,"global_rope_theta":160000.0,"local_rope_theta":10000.0,"global_attn_every_n_layers":3,"local_attention":32,"hidden_activation":"gelu"}""",
    };

    private string Exported => _out.PathOf("long");

    public void Dispose()
    {
        _model.Dispose();
        _out.Dispose();
    }

    /// <summary>The table that is written follows the published formulas, every limit is raised, and the folder embeds as the method does in memory.</summary>
    [SharedTheory]
    [InlineData("bert", "pi", "table:3,all")]
    [InlineData("bert", "gp", "grouped:group=3")]
    [InlineData("bert", "rp", "recurrent")]
    [InlineData("xlm-roberta", "pi", "table:3,all")]
    [InlineData("xlm-roberta", "rp", "recurrent")]
    public void A_method_for_learned_positions_is_a_longer_table(string architecture, string method, string memory)
    {
        SmallEmbedder.Write(_model, Configs.GetValueOrDefault(architecture));
        var result = Extend(method);
        var first = architecture == "bert" ? 0 : 2;
        Assert.Equal((Window, Target, first + Target), (result.GetProperty("window_before").GetInt32(), result.GetProperty("window").GetInt32(), result.GetProperty("table_rows").GetInt32()));
        Assert.Equal(first + Target, Number("config.json", "max_position_embeddings"));

        var (before, after) = (Table(_model.Root), Table(Exported));
        Assert.Equal((first + Target) * SmallEmbedder.Width, after.Length);
        for (var row = 0; row < first + Target; row++)
        {
            for (var i = 0; i < SmallEmbedder.Width; i++)
            {
                Assert.Equal(Expected(method, before, first, row, i), after[(row * SmallEmbedder.Width) + i]);
            }
        }

        Assert.Equal(Target, Number("sentence_bert_config.json", "max_seq_length"));
        Assert.Equal(Target, Number("tokenizer_config.json", "model_max_length"));

        // Of the tokenizer one number is new, and every other byte is the original's.
        var tokenizer = File.ReadAllText(Path.Combine(Exported, "tokenizer.json"));
        Assert.Equal(File.ReadAllText(_model.PathOf("tokenizer.json")), tokenizer.Replace($"\"max_length\": {Target}", "\"max_length\": 256", StringComparison.Ordinal));
        AssertSameVectors(memory);
        AssertShortTexts(result, isSame: method == "rp");
        var receipt = JsonElement.Parse(File.ReadAllText(Path.Combine(Exported, "receipt.json")));
        Assert.Equal(result.GetProperty("receipt").GetRawText(), receipt.GetProperty("receipt").GetRawText());
    }

    [SharedTheory]
    [InlineData("nomic_bert", "ntk", "base:{base}", "rotary_emb_base")]
    [InlineData("nomic_bert", "base:50000", "base:50000", "rotary_emb_base")]
    [InlineData("nomic_bert", "dynamic", "dynamic:3", "rotary_scaling_factor")]
    [InlineData("modernbert", "ntk", "base:{base}", "global_rope_theta")]
    [InlineData("modernbert", "pi", "linear:3", "rope_parameters")]
    [InlineData("modernbert", "yarn", "yarn:3", "rope_parameters")]
    [InlineData("modernbert", "dynamic", "dynamic:3", "rope_parameters")]
    public void A_method_for_rotary_positions_is_keys_of_the_config(string architecture, string method, string memory, string key)
    {
        SmallEmbedder.Write(_model, Configs[architecture]);
        var result = Extend(method);
        Assert.Contains(result.GetProperty("config").EnumerateArray(), c => c.GetProperty("key").GetString() == key);
        Assert.True(result.GetProperty("receipt").GetProperty("largest_frequency_change").GetDouble() > 0);
        Assert.Equal(File.ReadAllBytes(_model.PathOf("model.safetensors")), File.ReadAllBytes(Path.Combine(Exported, "model.safetensors")));

        // b' = b * s^(d/(d-2)) (2309.00071), d = 12.
        var (b, changed) = (architecture == "modernbert" ? 160000 : 10000, method == "ntk" ? Number("config.json", key) : 0);
        if (method == "ntk")
        {
            Assert.Equal(b * Math.Pow(3, 12.0 / 10), changed, 1e-6 * changed);
        }

        AssertSameVectors(memory.Replace("{base}", changed.ToString("R", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        AssertShortTexts(result, isSame: method == "dynamic");
        if (key == "rope_parameters")
        {
            // Transformers 5 wants an object for each kind of layer; the local ones keep theirs.
            var layers = JsonNode.Parse(File.ReadAllText(Path.Combine(Exported, "config.json")))!["rope_parameters"]!;
            Assert.Equal("""{"rope_type":"default","rope_theta":10000}""", layers["sliding_attention"]!.ToJsonString());
            Assert.Equal(160000, layers["full_attention"]!["rope_theta"]!.GetValue<double>());
        }
    }

    [SharedFact]
    public void Factors_of_a_search_are_written_too()
    {
        SmallEmbedder.Write(_model, Configs["modernbert"]);
        var factors = _out.Write("factors.json", """{"version":1,"rotary_dimension":12,"base":160000,"original_context":512,"target_context":1536,"entries":[{"maximum_length":1536,"attention_factor":1.1,"start_tokens":0,"rescale_factors":[1,1.2,1.5,2,2.5,3]}]}""");
        Extend($"longrope:{factors}");
        AssertSameVectors($"longrope:{factors}");
    }

    [SharedTheory]
    [InlineData("bert", "ntk", "found \"ntk\" for a model with learned positions, expected pi, gp or rp")]
    [InlineData("bert", "self-extend:group=4,window=64", "ropewalk embed --method self-extend:group=4,window=64 uses it")]
    [InlineData("bert", "chunk", "ropewalk embed --method chunk uses it")]
    [InlineData("bert", "gp:2", "reaches 1024 tokens, expected one that reaches --to 1536")]
    [InlineData("nomic_bert", "yarn", "which the config of nomic_bert cannot say")]
    [InlineData("nomic_bert", "pi", "which the config of nomic_bert cannot say")]
    [InlineData("modernbert", "rp", "ropewalk embed --method recurrent uses it")]
    [InlineData("modernbert", "self-extend:group=4,window=64", "no checkpoint's files can hold")]
    [InlineData("modernbert", "nonsense", "nonsense")]
    public void What_no_file_can_hold_is_refused(string architecture, string method, string message)
    {
        SmallEmbedder.Write(_model, Configs.GetValueOrDefault(architecture));
        Refused(message, "--to", $"{Target}", "--method", method);
    }

    [SharedFact]
    public void Bad_choices_are_told_and_nothing_is_written()
    {
        SmallEmbedder.Write(_model);
        Refused("--method: found none for an embedder", "--to", "1536");
        Refused("--to: found 512, expected more than the 512 tokens", "--to", "512", "--method", "pi");
        Refused("--to: found 100, expected more", "--to", "100", "--method", "pi");
        Refused("--population: found it for an embedder", "--to", "1536", "--method", "pi", "--population", "8");
        Refused("pooling: found cls, expected mean", "--to", "1536", "--method", "pi", "--pooling", "cls");
        var file = _out.PathOf("model.gguf");
        Command.Result("convert", _model.Root, file);
        var run = Command.Run("extend", file, "--to", "1536", "--method", "pi", "--out", Exported);
        Assert.Equal(2, run.Code);
        Assert.Contains("expected an embedder's folder", Assert.Single(run.Complaints), StringComparison.Ordinal);

        File.Delete(_model.PathOf("modules.json"));
        Refused("pooling: found none in", "--to", "1536", "--method", "pi");
        run = Command.Run("extend", Command.Embedded, "--to", "1024", "--method", "ntk", "--out", Exported);
        Assert.Equal(2, run.Code);
        Assert.Contains("--method: found it for a language model", Assert.Single(run.Complaints), StringComparison.Ordinal);
    }

    /// <summary>A bare encoder becomes a folder that sentence-transformers knows; a decoder does where it is said how it pools.</summary>
    [SharedFact]
    public void A_folder_without_modules_gets_them()
    {
        SmallEmbedder.Write(_model);
        Directory.Delete(_model.PathOf("1_Pooling"), recursive: true);
        File.Delete(_model.PathOf("modules.json"));
        File.Delete(_model.PathOf("sentence_bert_config.json"));
        Command.Result("extend", _model.Root, "--to", $"{Target}", "--method", "rp", "--pooling", "cls", "--out", Exported);
        using (var embedder = TextEmbedder.Load(Exported))
        {
            Assert.Equal((Pooling.Cls, Target), (embedder.Pooling, embedder.MaxTokens));
        }

        var decoder = _out.PathOf("decoder");
        Command.Result("extend", Command.Embedded, "--to", "1024", "--method", "ntk", "--pooling", "mean", "--out", decoder);
        using var second = TextEmbedder.Load(decoder);
        Assert.Equal((Pooling.Mean, 1024), (second.Pooling, second.MaxTokens));
    }

    /// <summary>llama.cpp reads the longer table, and turns by the base that was written, without being told anything.</summary>
    [PeerTheory]
    [InlineData("bert", "pi")]
    [InlineData("bert", "gp")]
    [InlineData("bert", "rp")]
    [InlineData("nomic_bert", "ntk")]
    [InlineData("modernbert", "ntk")]
    public void The_exports_vectors_are_those_of_llama_cpp(string architecture, string method)
    {
        SmallEmbedder.Write(_model, Configs.GetValueOrDefault(architecture));
        Extend(method);
        var file = _out.PathOf("long.gguf");
        Command.Result("convert", Exported, file);
        using var embedder = TextEmbedder.Load(Exported);
        string[] texts = [.. ((int[])[3, 300, 700]).Select(Text)];
        var theirs = LlamaCpp.Embeddings(file, [.. texts.Select(t => embedder.Tokenizer.Encode(t))], pooling: null);
        var ours = embedder.Embed(texts);
        for (var i = 0; i < texts.Length; i++)
        {
            Assert.True(Cosine(ours[i].Vector, theirs[i]) >= 0.99999, $"{method}, {ours[i].Tokens} tokens: cosine {Cosine(ours[i].Vector, theirs[i]):R}");
        }
    }

    private static string Text(int words) => string.Join(' ', Enumerable.Range(0, words).Select(i => ((string[])["the", "cat", "river", "sleep", "house", "on", "blue"])[i * i % 7]));

    private static float[] Table(string folder)
    {
        using var checkpoint = CheckpointFolder.Open(folder);
        var tensor = checkpoint.Find(Positions)!;
        var bytes = new byte[tensor.NumRows * tensor.RowBytes];
        tensor.ReadRows(0, bytes);
        return [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes)];
    }

    /// <summary>E'[i s + r] = (1 - r/s) E[i] + (r/s) E[i + 1], the last rows repeating the last; floor(i / s); i mod L.</summary>
    private static float Expected(string method, float[] table, int first, int row, int column)
    {
        const int Factor = Target / Window;
        float At(int token) => table[((first + token) * SmallEmbedder.Width) + column];
        var token = row - first;
        if (token < 0)
        {
            return table[(row * SmallEmbedder.Width) + column];
        }

        if (method != "pi" || token % Factor == 0 || token / Factor == Window - 1)
        {
            return At(method == "rp" ? token % Window : token / Factor);
        }

        var share = (float)((double)(token % Factor) / Factor);
        return ((1 - share) * At(token / Factor)) + (share * At((token / Factor) + 1));
    }

    private static double Cosine(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x));

    private JsonElement Extend(string method) => Command.Result("extend", _model.Root, "--to", $"{Target}", "--method", method, "--out", Exported);

    private double Number(string file, string key) => JsonElement.Parse(File.ReadAllText(Path.Combine(Exported, file))).GetProperty(key).GetDouble();

    /// <summary>The folder gives, without any option, the bits that the original gives under the method.</summary>
    private void AssertSameVectors(string memory)
    {
        string[] texts = [.. ((int[])[3, 200, 509, 900, Target - 2]).Select(Text)];
        using var exported = TextEmbedder.Load(Exported);
        Assert.Equal(Target, exported.MaxTokens);
        using var original = TextEmbedder.Load(_model.Root, new EmbedderOptions { Method = m => EncoderMethodSpec.Parse([memory], m) });
        var (ours, theirs) = (exported.Embed(texts), original.Embed(texts));
        Assert.Equal(Target, ours[^1].Tokens);
        for (var i = 0; i < texts.Length; i++)
        {
            Numbers.Same(theirs[i].Vector, ours[i].Vector, $"{memory}, {ours[i].Tokens} tokens");
        }
    }

    private static void AssertShortTexts(JsonElement result, bool isSame)
    {
        var probes = result.GetProperty("receipt").GetProperty("probes").EnumerateArray().ToArray();
        Assert.Equal([16, Window, Target], probes.Select(p => p.GetProperty("tokens").GetInt32()));
        Assert.All(probes, p => Assert.True(p.GetProperty("is_memorys").GetBoolean()));
        Assert.All(probes[..2], p => Assert.Equal(isSame, p.GetProperty("largest_change").GetDouble() == 0));
    }

    private void Refused(string message, params string[] options)
    {
        var run = Command.Run(["extend", _model.Root, "--out", Exported, .. options]);
        Assert.Equal(2, run.Code);
        Assert.Contains(message, Assert.Single(run.Complaints), StringComparison.Ordinal);
        Assert.False(Path.Exists(Exported));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_out.Root, "*.tmp-*"));
    }
}
