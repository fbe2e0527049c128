using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Models;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;
using Ropewalk.Tests.Peer;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>convert as a user runs it, on the real models.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class ConvertTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedTheory]
    [InlineData("llama2xs")]
    [InlineData("stories260K")]
    [InlineData("bytes2m")]
    public void There_and_back_every_tensor_is_the_same(string name)
    {
        var source = SharedData.Path("data", "models", name);
        var file = _folder.PathOf("model.gguf");
        var back = _folder.PathOf("back");
        Assert.Equal(47, Command.Result("convert", source, file).GetProperty("tensors").GetInt32());
        Command.Result("convert", file, back);
        AssertSameTensors(source, back);

        // The tokenizer too, and the file is what llama.cpp's own converter made of the tensors.
        Assert.Equal(File.ReadAllBytes(Path.Combine(source, "tokenizer.json")), File.ReadAllBytes(Path.Combine(back, "tokenizer.json")));
        string[] scored = ["--text", Command.Stories, "--context", "128", "--windows", "4"];
        var before = Command.Result(["perplexity", source, .. scored]).GetProperty("nll").GetDouble();
        Assert.Equal(before, Command.Result(["perplexity", file, .. scored]).GetProperty("nll").GetDouble());
        Assert.Equal(before, Command.Result(["perplexity", back, .. scored]).GetProperty("nll").GetDouble());
    }

    [SharedTheory]
    [InlineData("llama2xs")]
    [InlineData("stories260K")]
    public void A_file_that_others_made_becomes_the_folder_it_came_from(string name)
    {
        var back = _folder.PathOf("back");
        Command.Result("convert", SharedData.Path("data", "models", $"{name}.gguf"), back);
        AssertSameTensors(SharedData.Path("data", "models", name), back);
    }

    /// <summary>GPTNeoXConfig of Transformers 4.x takes base and fraction by these names alone; without them it turns a quarter of a head by base 10000.</summary>
    [Fact]
    public void A_folder_of_gpt_neox_says_base_and_fraction_by_its_class_s_names()
    {
        RandomCheckpoint.Write(_folder, RandomCheckpoint.Config(SmallConfigs.All["gpt_neox"], """{"rotary_emb_base":25000,"rotary_pct":0.5}"""), 3);
        var (file, back) = (_folder.PathOf("model.gguf"), _folder.PathOf("back"));
        Command.Result("convert", _folder.Root, file);
        Command.Result("convert", file, back);
        var config = JsonElement.Parse(File.ReadAllText(Path.Combine(back, "config.json")));
        Assert.Equal((25000, 0.5), (config.GetProperty("rotary_emb_base").GetDouble(), config.GetProperty("rotary_pct").GetDouble()));
    }

    /// <summary>Phi3Config of Transformers 4.x raises unless rope_scaling has these three keys.</summary>
    [Fact]
    public void A_folder_of_phi3_has_the_three_keys_of_its_class()
    {
        var original = SmallConfigs.All["phi3, longrope, partial rotary"];
        RandomCheckpoint.Write(_folder, original, 3);
        var (file, back) = (_folder.PathOf("model.gguf"), _folder.PathOf("back"));
        Command.Result("convert", _folder.Root, file);
        Command.Result("convert", file, back);
        var (before, after) = (JsonElement.Parse(original), JsonElement.Parse(File.ReadAllText(Path.Combine(back, "config.json"))));
        Assert.True(JsonElement.DeepEquals(before.GetProperty("rope_scaling"), after.GetProperty("rope_scaling")), after.ToString());
        Assert.Equal(128, after.GetProperty("original_max_position_embeddings").GetInt32());
    }

    /// <summary>embeddings.position_ids of all-MiniLM and attention.bias of Pythia.</summary>
    [Theory]
    [InlineData("gpt_neox", "gpt_neox.layers.0.attention.bias", StoredType.Bool)]
    [InlineData("gpt_neox", "gpt_neox.layers.1.attention.bias", StoredType.U8)]
    [InlineData("bert", "embeddings.position_ids", StoredType.I64)]
    public void Whole_numbers_that_no_network_uses_are_left_out_and_told(string architecture, string name, StoredType type)
    {
        var config = SmallConfigs.All.TryGetValue(architecture, out var decoder) ? decoder : SmallEncoders.All[architecture];
        RandomCheckpoint.Write(_folder, config, 3);
        using var padded = new TemporaryFolder();
        padded.Write("config.json", config);
        AddTensor(_folder, padded, new TensorSource(name, type, [1, 8], stream => stream.Write(new byte[8 * StoredTypes.BitsOf(type) / 8])));
        var back = _folder.PathOf("back");
        var notes = Command.Result("convert", padded.Root, back).GetProperty("notes").EnumerateArray().Select(n => n.GetString()!);
        Assert.Contains(notes, n => n.Contains("left out: " + name, StringComparison.Ordinal));
        AssertSameTensors(_folder.Root, back);
    }

    [Fact]
    public void Whole_numbers_in_a_weight_s_place_stay_an_error()
    {
        var config = SmallConfigs.All["gpt_neox"];
        RandomCheckpoint.Write(_folder, config, 3);
        using var packed = new TemporaryFolder();
        packed.Write("config.json", config);
        AddTensor(_folder, packed, new TensorSource("embed_out.qweight", StoredType.I32, [1, 8], stream => stream.Write(new byte[32])), without: "gpt_neox.embed_in.weight");
        var run = Command.Run("convert", packed.Root, _folder.PathOf("back"));
        Assert.Equal(2, run.Code);
        Assert.Contains("embed_out.qweight", Assert.Single(run.Complaints), StringComparison.Ordinal);
    }

    [SharedFact]
    public void Types_are_what_was_asked_for()
    {
        foreach (var (type, bytesAtMost) in ((string, long)[])[("f32", 1_200_000), ("f16", 640_000), ("bf16", 640_000), ("q8_0", 380_000)])
        {
            var file = _folder.PathOf($"{type}.gguf");
            var written = Command.Result("convert", Command.Model, file, "--type", type).GetProperty("bytes").GetInt64();
            Assert.InRange(written, bytesAtMost / 2, bytesAtMost);
            var loss = Command.Result("perplexity", file, "--text", Command.Stories, "--context", "128", "--windows", "4").GetProperty("nll").GetDouble();
            Assert.InRange(loss, 2.0, 3.0);
        }

        var folder = _folder.PathOf("half");
        Command.Result("convert", Command.Model, folder, "--type", "bf16");
        Assert.Equal("bfloat16", JsonElement.Parse(File.ReadAllText(Path.Combine(folder, "config.json"))).GetProperty("torch_dtype").GetString());
    }

    [SharedFact]
    public void A_gguf_file_converted_again_is_the_same_file()
    {
        // Its name too: llama.cpp goes by it for some tokenizers.
        var first = _folder.PathOf("first.gguf");
        var second = _folder.PathOf("second.gguf");
        Command.Result("convert", Command.Model, first, "--type", "q8_0");
        Command.Result("convert", first, second);
        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
    }

    [PeerFact]
    public void Llama_cpp_reads_what_convert_writes()
    {
        var file = _folder.PathOf("model.gguf");
        Command.Result("convert", Command.Model, file);
        var tokens = PeerText.Tokens("llama2xs", 256);
        Assert.Equal(LlamaCpp.Losses(PeerText.Gguf("llama2xs"), tokens), LlamaCpp.Losses(file, tokens));
        var text = File.ReadAllText(Command.Stories)[..2000];
        Assert.Equal(LlamaCpp.Tokenize(PeerText.Gguf("llama2xs"), text), LlamaCpp.Tokenize(file, text));
    }

    [SharedFact]
    public void A_gguf_file_is_extended_like_its_folder()
    {
        string[] options = ["--to", "512", "--text", Command.Stories, "--population", "4", "--iterations", "1", "--windows", "1", "--heldout-windows", "2", "--max-short-loss", "100%"];
        var fromFolder = _folder.PathOf("from-folder");
        var fromFile = _folder.PathOf("from-file");
        Assert.Equal(0, Command.Run(["extend", Command.Model, .. options, "--out", fromFolder]).Code);
        Assert.Equal(0, Command.Run(["extend", SharedData.Path("data", "models", "llama2xs.gguf"), .. options, "--out", fromFile]).Code);
        AssertSameTensors(fromFolder, fromFile);
        string Factors(string folder) => File.ReadAllText(Path.Combine(folder, "factors.json"));
        Assert.Equal(Factors(fromFolder), Factors(fromFile));
    }

    [SharedFact]
    public void A_user_s_mistake_is_one_line_and_writes_nothing()
    {
        var file = _folder.PathOf("model.gguf");
        foreach (var (args, expected) in ((string[], string)[])
        [
            (["convert", Command.Model, file, "--type", "q4_k"], "expected one of f32, f16, bf16, q8_0"),
            (["convert", Command.Model, _folder.PathOf("out"), "--type", "q8_0"], "block types live in GGUF files"),
            (["convert", _folder.PathOf("nothing"), file], "nothing there"),
            (["convert", _folder.PathOf("nothing.gguf"), file], "nothing there"),
            (["convert", Command.Model, _folder.PathOf("no/such/model.gguf")], "no/such"),
            (["convert", SharedData.Path("data", "tokenizers", "gguf-vocab", "ggml-vocab-falcon.gguf"), file], "\"falcon\" is not supported"),
            (["convert", SharedData.Path("data", "tokenizers", "gguf-vocab", "ggml-vocab-llama-spm.gguf"), file], "token_embd.weight"),
            (["convert", Command.Model], "OUT"),
        ])
        {
            var run = Command.Run(args);
            Assert.True(run.Code == 2, $"{string.Join(' ', args)}: exit code {run.Code}");
            Assert.Contains(expected, Assert.Single(run.Complaints), StringComparison.Ordinal);
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Root));
        File.WriteAllText(file, "mine");
        var taken = Command.Run("convert", Command.Model, file);
        Assert.Equal(2, taken.Code);
        Assert.Contains("expected a name that is free", taken.Error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(file));
    }

    [SharedFact]
    public void Numbers_that_are_not_finite_are_listed_and_not_passed_on()
    {
        // NaN in place of the first number of the model's last tensor: 00 00 C0 7F.
        var source = _folder.PathOf("broken");
        Directory.CreateDirectory(source);
        foreach (var path in Directory.EnumerateFiles(Command.Model))
        {
            // The shared files are read-only, their copies must not be.
            File.WriteAllBytes(Path.Combine(source, Path.GetFileName(path)), File.ReadAllBytes(path));
        }

        using (var weights = File.OpenWrite(Path.Combine(source, "model.safetensors")))
        {
            weights.Position = weights.Length - 4;
            weights.Write([0, 0, 0xC0, 0x7F]);
        }

        var listed = Command.Run("inspect", source, "--check-tensors", "--json");
        Assert.Equal(1, listed.Code);
        var tensor = Assert.Single(listed.Json.GetProperty("non_finite").EnumerateArray());
        Assert.Equal(1, tensor.GetProperty("count").GetInt64());
        var name = tensor.GetProperty("name").GetString()!;
        Assert.Equal(0, Command.Run("inspect", Command.Model, "--check-tensors").Code);
        var target = _folder.PathOf("model.gguf");
        var refused = Command.Run("convert", source, target);
        Assert.Equal(2, refused.Code);
        Assert.Contains(name, Assert.Single(refused.Complaints), StringComparison.Ordinal);
        Assert.False(File.Exists(target));
        Command.Result("convert", source, target, "--allow-nonfinite");
        Assert.Equal(1, Command.Run("inspect", target, "--check-tensors").Code);
        Assert.Equal(2, Command.Run("perplexity", target, "--text", Command.Stories, "--context", "64", "--windows", "1").Code);
    }

    [SharedFact]
    public void Strict_refuses_what_is_otherwise_told()
    {
        var file = _folder.PathOf("model.gguf");
        Command.Result("convert", Command.Model, file);
        Assert.Equal(0, Command.Run("inspect", file, "--strict").Code);
        File.AppendAllText(file, "tail");
        Assert.Contains("4 bytes after the last tensor are ignored", Command.Run("inspect", file).Output, StringComparison.Ordinal);
        foreach (var args in (string[][])[["inspect", file, "--strict"], ["convert", file, _folder.PathOf("out"), "--strict"]])
        {
            var run = Command.Run(args);
            Assert.Equal(2, run.Code);
            Assert.Contains("4 bytes after the last tensor", Assert.Single(run.Complaints), StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(_folder.PathOf("out")));
    }

    /// <summary>Writes a folder's tensors with one more, and perhaps without one.</summary>
    private static void AddTensor(TemporaryFolder source, TemporaryFolder target, TensorSource more, string? without = null)
    {
        using var checkpoint = CheckpointFolder.Open(source.Root);
        SafetensorsWriter.Write(target.PathOf("model.safetensors"), [more, .. checkpoint.TensorNames.Where(n => n != without).Select(n =>
        {
            var tensor = checkpoint.Find(n)!;
            var bytes = new byte[tensor.NumRows * tensor.RowBytes];
            tensor.ReadRows(0, bytes);
            return TensorSource.FromBytes(n, StoredType.F32, tensor.Shape, bytes);
        })]);
    }

    private static void AssertSameTensors(string expected, string found)
    {
        using var a = ModelLoader.Open(expected);
        using var b = ModelLoader.Open(found);
        Assert.Equal(a.TensorNames.Order(StringComparer.Ordinal), b.TensorNames.Order(StringComparer.Ordinal));
        foreach (var name in a.TensorNames)
        {
            var (x, y) = (a.Find(name)!, b.Find(name)!);
            Assert.Equal(x.Type, y.Type);
            Assert.Equal(Bytes(x), Bytes(y));
        }
    }

    private static byte[] Bytes(CheckpointTensor tensor)
    {
        var bytes = new byte[tensor.RowBytes * (tensor.Shape.Length == 1 ? 1 : tensor.Shape[0])];
        tensor.ReadRows(0, bytes);
        return bytes;
    }
}
