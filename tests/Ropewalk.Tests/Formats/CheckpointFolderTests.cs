using System.Diagnostics;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Formats.Safetensors;

namespace Ropewalk.Tests.Formats;

public sealed class CheckpointFolderTests
{
    [SharedTheory]
    [InlineData("llama2xs", 47)]
    [InlineData("stories260K", 47)]
    [InlineData("bytes2m", 47)]
    public void Real_models_open(string model, int tensors)
    {
        using var folder = CheckpointFolder.Open(SharedData.Path("data", "models", model));
        Assert.Equal("llama", folder.Config.GetProperty("model_type").GetString());
        Assert.Empty(folder.Notes);
        Assert.Equal(tensors, folder.TensorNames.Count());
        Assert.True(folder.TryFind("model.embed_tokens.weight", out var embedding, out var file));
        var values = new float[embedding.Elements];
        file.ReadAsSingle(embedding, 0, values);
        Assert.All(values, value => Assert.True(float.IsFinite(value)));
        Assert.Contains(values, value => value != 0);
    }

    [Fact]
    public void Shards_are_joined_and_oddities_noted()
    {
        using var folder = Sharded("a.safetensors", "b.safetensors", """{"total_size": 7.0}""");
        folder.Write("config.json", """{"auto_map":{"AutoModel":"x.Y"}}""");
        using (var checkpoint = CheckpointFolder.Open(folder.Root))
        {
            Assert.Equal(["x", "y"], checkpoint.TensorNames);
            Assert.True(checkpoint.TryFind("y", out var tensor, out var file));
            Assert.Equal(folder.PathOf("b.safetensors"), file.Path);
            Assert.Same(file.Tensors["y"], tensor);
            Assert.False(checkpoint.TryFind("z", out _, out _));
            Assert.Collection(checkpoint.Notes,
                note => Assert.Contains("total_size is 7, the tensors take 8 bytes", note, StringComparison.Ordinal),
                note => Assert.Contains("auto_map", note, StringComparison.Ordinal));
        }

        Shard(folder, "a.safetensors", "x", "extra");
        using var withExtra = CheckpointFolder.Open(folder.Root);
        Assert.Contains(withExtra.Notes, note => note.Contains("1 tensors are not listed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("C:\\\\x")]
    [InlineData("C:x.safetensors")]
    [InlineData("\\\\\\\\host\\\\x")]
    [InlineData("a/../../b")]
    [InlineData("sub/x.safetensors")]
    [InlineData("sub\\\\x.safetensors")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("CON")]
    [InlineData("nul.safetensors")]
    [InlineData("COM1 .safetensors")]
    [InlineData("x.safetensors\\u0000")]
    [InlineData("x\\n.safetensors")]
    [InlineData("\\u202Ex.safetensors")]
    [InlineData("x.safetensors.")]
    [InlineData("x.safetensors ")]
    public void F1_a_shard_is_one_plain_file_name(string shard)
    {
        using var folder = Sharded(shard, "b.safetensors");
        Attack.MustFail(() => CheckpointFolder.Open(folder.Root), 0, "model.safetensors.index.json", "weight_map['x']", "one plain file name");
    }

    [Fact]
    public void F1_a_very_long_name_is_refused()
    {
        using var folder = Sharded(new string('x', 300) + ".safetensors", "b.safetensors");
        Attack.MustFail(() => CheckpointFolder.Open(folder.Root), 0, "one plain file name");
    }

    [Fact]
    public void F1_links_out_of_the_folder_are_followed_as_the_cache_needs()
    {
        using var folder = Sharded("a.safetensors", "b.safetensors");
        using var blobs = new TemporaryFolder();
        File.Move(folder.PathOf("a.safetensors"), blobs.PathOf("blob"));
        File.CreateSymbolicLink(folder.PathOf("a.safetensors"), blobs.PathOf("blob"));
        CheckpointFolder.Open(folder.Root).Dispose();
        File.Delete(blobs.PathOf("blob"));
        Attack.MustFail(() => CheckpointFolder.Open(folder.Root), 0, "a.safetensors", "nothing there");
    }

    [Fact]
    public void F2_index_and_shards_must_agree()
    {
        using var folder = Sharded("a.safetensors", "b.safetensors");
        void Fails(params string[] fragments) => Attack.MustFail(() => CheckpointFolder.Open(folder.Root), 0, fragments);

        Shard(folder, "b.safetensors", "other");
        Fails("b.safetensors: tensor 'y': found nothing");
        Shard(folder, "b.safetensors", "y", "x");
        Fails("b.safetensors: tensor 'x'", "it also in a.safetensors");
        File.Delete(folder.PathOf("b.safetensors"));
        Fails("index.json: weight_map", "the file 'b.safetensors', which is missing");
        Shard(folder, "b.safetensors", "y", "Y");
        Fails("tensor 'Y'", "by case only");

        void Index(string json) => folder.Write(CheckpointFolder.IndexName, json);
        Index("""{"weight_map":{"x":"a.safetensors","X":"a.safetensors"}}""");
        Fails("weight_map['X']", "'x' by case only");
        Index("""{"weight_map":{"x":"a.safetensors","y":"A.safetensors"}}""");
        Fails("files that differ by case only");
        Index("""{"weight_map":{"x":"a.safetensors","x":"b.safetensors"}}""");
        Fails("'x' twice");
        Index("""{"weight_map":{"x":7}}""");
        Fails("a value that is no text");
        Index("""{"weight_map":{}}""");
        Fails("an empty object");
        Index("""{"weight_map":[]}""");
        Fails("weight_map");
        Index("""{}""");
        Fails("weight_map");
        Index("""[]""");
        Fails("index.json", "an object");
        Index("""{"metadata":{"total_size":"9"},"weight_map":{"x":"a.safetensors"}}""");
        Fails("metadata.total_size");
        Index("{\"weight_map\":{" + string.Join(",", Enumerable.Range(0, 1001).Select(i => $"\"t{i}\":\"s{i}.safetensors\"")) + "}}");
        Fails("1001 files");
    }

    [Theory]
    [InlineData("pytorch_model.bin", "pickle")]
    [InlineData("consolidated.00.pth", "pickle")]
    [InlineData("model.pt", "pickle")]
    [InlineData("last.ckpt", "pickle")]
    [InlineData("model-Q4.gguf", "GGUF")]
    [InlineData("tf_model.h5", "another framework")]
    [InlineData("model.zip", "an archive")]
    [InlineData("model.tar.gz", "an archive")]
    [InlineData("model.tar", "an archive")]
    [InlineData("model.safetensors.zst", "an archive")]
    public void F3_F4_other_weights_are_refused_with_a_hint(string name, string kind)
    {
        using var folder = new TemporaryFolder();
        folder.Write("config.json", "{}");
        folder.Write(name, "any");
        Attack.MustFail(() => CheckpointFolder.Open(folder.Root), 0, name, kind, "safetensors", "save_pretrained");
    }

    [Theory]
    [InlineData("auto_map", """{"AutoModel":"x.Y"}""")]
    [InlineData("custom_code", "true")]
    [InlineData("trust_remote_code", "true")]
    [InlineData("_attn_implementation_internal", "\"org/kernel\"")]
    public void F5_keys_that_ask_for_code_are_noted_and_nothing_else(string key, string value)
    {
        using var folder = new TemporaryFolder();
        folder.Write("config.json", $$"""{"{{key}}":{{value}}}""");
        folder.Write("x.py", "raise SystemExit");
        Shard(folder, "model.safetensors", "w");
        using var checkpoint = CheckpointFolder.Open(folder.Root);
        var note = Assert.Single(checkpoint.Notes);
        Assert.Contains($"{key} asks for code", note, StringComparison.Ordinal);
        Assert.Contains("never run", note, StringComparison.Ordinal);
    }

    [Fact]
    public void F3_a_pickle_under_the_name_of_safetensors_is_refused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("config.json", "{}");
        folder.Write("model.safetensors", [0x80, 2, 0x8A, 10, .. new byte[100]]);
        Attack.MustFail(() => CheckpointFolder.Open(folder.Root), 0, "model.safetensors", "pickle", "run code");
    }

    [Fact]
    public void S21_a_file_whose_name_is_not_UTF_8_is_named_on_one_line()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        folder.Write("config.json", "{}");
        void Shell(string command)
        {
            using var shell = Process.Start("sh", ["-c", command, "sh", folder.Root]);
            shell.WaitForExit();
        }

        Shell("printf x > \"$1/$(printf 'model\\377.bin')\"");
        try
        {
            Assert.Equal(2, Directory.GetFiles(folder.Root).Length);
            Attack.MustFail(() => CheckpointFolder.Open(folder.Root), 0, "model\uFFFD.bin", "pickle");
        }
        finally
        {
            // .NET has no name by which it could delete the file.
            Shell("rm \"$1\"/model*");
        }
    }

    [Fact]
    public void F3_an_index_that_names_a_pickle_is_refused()
    {
        using var folder = Sharded("pytorch_model.bin", "b.safetensors");
        Attack.MustFail(() => CheckpointFolder.Open(folder.Root), 0, "pytorch_model.bin", "is not supported");
    }

    [Fact]
    public void A_wrong_place_is_named_with_what_was_expected()
    {
        using var folder = new TemporaryFolder();
        void Fails(string path, params string[] fragments) => Attack.MustFail(() => CheckpointFolder.Open(path), 0, fragments);

        Fails("", "path");
        Fails("a\0b", "path");
        Fails(folder.PathOf("none"), "nothing there", "config.json");
        Fails(folder.Write("m.gguf", "GGUF"), "a file", "a folder with config.json");
        Fails(folder.Root, "no config.json", "it has m.gguf");
        File.Delete(folder.PathOf("m.gguf"));
        Fails(folder.Root, "it is empty");
        folder.Write("config.json", "[]");
        Fails(folder.Root, "config.json", "a list");
        folder.Write("config.json", "{}");
        Fails(folder.Root, "no model.safetensors");
        folder.Write("x.incomplete", "");
        Fails(folder.Root, "a download is not finished");
        File.Delete(folder.PathOf("x.incomplete"));
        folder.Write("adapter_model.safetensors", "");
        Fails(folder.Root, "adapter");
        Directory.CreateDirectory(folder.PathOf("model.safetensors"));
        Fails(folder.Root, "model.safetensors: file: found a folder");
        if (OperatingSystem.IsLinux())
        {
            File.Delete(folder.PathOf("config.json"));
            File.CreateSymbolicLink(folder.PathOf("config.json"), "/dev/zero");
            Fails(folder.Root, "config.json", "a pipe, socket or device");
        }
    }

    [Fact]
    public void One_file_is_preferred_to_an_index_and_said_so()
    {
        using var folder = Sharded("a.safetensors", "b.safetensors");
        Shard(folder, "model.safetensors", "only");
        using var checkpoint = CheckpointFolder.Open(folder.Root);
        Assert.Equal(["only"], checkpoint.TensorNames);
        Assert.Contains("is ignored", Assert.Single(checkpoint.Notes), StringComparison.Ordinal);
    }

    /// <summary>A folder with an index that maps x and y to two shards, and the shards where the names can be files.</summary>
    private static TemporaryFolder Sharded(string shardOfX, string shardOfY, string metadata = "{}")
    {
        var folder = new TemporaryFolder();
        folder.Write("config.json", "{}");
        folder.Write(CheckpointFolder.IndexName, $$$"""{"metadata":{{{metadata}}},"weight_map":{"x":"{{{shardOfX}}}","y":"{{{shardOfY}}}"}}""");
        Shard(folder, "a.safetensors", "x");
        Shard(folder, "b.safetensors", "y");
        return folder;
    }

    private static void Shard(TemporaryFolder folder, string name, params string[] tensors) =>
        SafetensorsWriter.Write(folder.PathOf(name), [.. tensors.Select(tensor => TensorSource.FromSingles(tensor, StoredType.F32, [1], new float[1]))]);
}
