using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Lab.Runs;
using static Ropewalk.Tests.Formats.Gguf.GgufBytes;

namespace Ropewalk.Tests.Formats.Gguf;

/// <summary>Split models: parts that agree, and G12's that do not.</summary>
public sealed class GgufSplitTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_split_model_opens_by_any_of_its_parts(int given)
    {
        using var folder = Parts(3);
        using var set = GgufSet.Open(folder.PathOf(Name(given, 3)));
        Assert.Equal([Name(0, 3), Name(1, 3), Name(2, 3)], set.Files.Select(file => Path.GetFileName(file.Path)));
        Assert.Equal(["t0", "t1", "t2"], set.TensorNames);
        Assert.Equal("llama", set.Metadata.RequiredText("general.architecture"));
        Assert.True(set.TryFind("t2", out var tensor, out var file));
        Assert.Same(set.Files[2], file);
        Assert.Same(file.Tensors["t2"], tensor);
        Assert.False(set.TryFind("t3", out _, out _));

        // A run that began with the model goes on only with all of it.
        Assert.Equal(set.Files.Select(f => f.Path), InputHashes.Of(folder.PathOf(Name(given, 3)), []).Keys);
    }

    [Fact]
    public void A_file_that_is_not_split_is_a_set_of_one()
    {
        using var folder = new TemporaryFolder();
        using var set = GgufSet.Open(folder.Write("x-00001-of-00002.gguf", Valid()));
        Assert.Equal(["a", "b", "c"], set.TensorNames);
        Assert.Single(set.Files);
    }

    [Fact]
    public void G12_parts_that_do_not_agree_are_refused()
    {
        using var folder = Parts(3);
        void Fails(int given, params string[] fragments) => Attack.MustFail(() => GgufSet.Open(folder.PathOf(Name(given, 3))), 0, fragments);
        void Mend(int number) => folder.Write(Name(number, 3), Part(number, 3));

        File.Delete(folder.PathOf(Name(1, 3)));
        Fails(0, Name(0, 3), "split.count", "2 of 3 parts", "m-00002-of-00003.gguf");
        File.Delete(folder.PathOf(Name(0, 3)));
        Fails(2, "1 of 3 parts", "m-00001-of-00003.gguf, m-00002-of-00003.gguf");
        Mend(0);

        folder.Write(Name(1, 3), Part(2, 3));
        Fails(0, Name(1, 3), "split.no", "found 2", "expected 1");
        Fails(1, Name(1, 3), "file name", "'-00003-of-00003.gguf'");
        folder.Write(Name(1, 3), Part(3, 3));
        Fails(0, "split.no", "found 3", "from 0 to 2");
        Fails(1, "split.no", "found 3");
        folder.Write(Name(1, 3), Part(1, 4));
        Fails(0, Name(1, 3), "split.count", "found 4", "expected 3");
        folder.Write(Name(1, 3), Part(1, 3, architecture: "phi3"));
        Fails(0, Name(1, 3), "general.architecture", "\"phi3\"", "\"llama\"");
        Fails(1, "general.architecture");
        folder.Write(Name(1, 3), Part(1, 3, tensor: "t0"));
        Fails(2, Name(1, 3), "tensor 't0'", "also in m-00001-of-00003.gguf");
        folder.Write(Name(1, 3), Valid());
        Fails(0, Name(1, 3), "split.count", "found nothing");
        Mend(1);
        folder.Write(Name(0, 3), Part(0, 3, numTensors: 4));
        Fails(1, Name(0, 3), "split.tensors.count", "found 4", "expected 3");
        folder.Write(Name(0, 3), Part(0, 65_535));
        Fails(0, "split.count", "found 65535", "from 1 to 1000");
        folder.Write(Name(0, 3), Part(0, 0));
        Fails(0, "split.count", "found 0");
        Mend(0);
        folder.Write(Name(2, 3), Part(2, 3)[..^1]);
        Fails(0, Name(2, 3), "an end within the file");
        File.Move(folder.PathOf(Name(0, 3)), folder.PathOf("renamed.gguf"));
        Attack.MustFail(() => GgufSet.Open(folder.PathOf("renamed.gguf")), 0, "file name", "'renamed.gguf'", "'-00001-of-00003.gguf'");
    }

    private static TemporaryFolder Parts(int count)
    {
        var folder = new TemporaryFolder();
        for (var i = 0; i < count; i++)
        {
            folder.Write(Name(i, count), Part(i, count));
        }

        return folder;
    }

    private static string Name(int number, int count) => $"m-{number + 1:00000}-of-{count:00000}.gguf";

    /// <summary>One part with the tensor t0, t1, ...; as llama-gguf-split writes it, only the first has the model's own metadata.</summary>
    private static byte[] Part(int number, int count, string? architecture = null, string? tensor = null, uint numTensors = 3)
    {
        architecture ??= number == 0 ? "llama" : null;
        return Whole(
            [
                .. architecture is null ? [] : new[] { Pair("general.architecture", 8, Text(architecture)) },
                Pair("split.no", 2, BitConverter.GetBytes((ushort)number)),
                Pair("split.count", 2, BitConverter.GetBytes((ushort)count)),
                Pair("split.tensors.count", 5, U32(numTensors)),
            ],
            [Tensor(tensor ?? $"t{number}", [8], F32, 0)], 32);
    }
}
