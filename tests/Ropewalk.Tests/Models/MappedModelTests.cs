using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Engine.Tensors;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;

namespace Ropewalk.Tests.Models;

/// <summary>A model over a mapped file is the copied one bit by bit, and holds the file no longer than it lives. Rows of a llama's queries
/// and keys are permuted in the file, those of phi3 and gpt_neox are parts of fused tensors.</summary>
public sealed class MappedModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, GgmlType> Cases()
    {
        var cases = new TheoryData<string, GgmlType>();
        foreach (var name in SmallConfigs.WholeBlocks.Keys)
        {
            foreach (var type in (GgmlType[])[GgmlType.Q8_0, GgmlType.F32, GgmlType.F16, GgmlType.BF16])
            {
                cases.Add(name, type);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Mapped_and_copied_give_the_same_logits(string name, GgmlType type)
    {
        var file = Write(name, type);
        var tokens = Enumerable.Range(0, 60).Select(i => i * 17 % 1003).ToArray();
        using var copied = ModelLoader.Load(file);
        AssertHeld(file, isMapped: false, isOpen: false);
        var expected = ModelLogits.Of(copied, tokens);
        using (var mapped = ModelLoader.Load(file, mapped: true))
        {
            AssertHeld(file, isMapped: true, isOpen: true);
            var found = ModelLogits.Of(mapped, tokens);
            for (var row = 0; row < tokens.Length; row++)
            {
                Numbers.Same(expected[row], found[row], $"{name} {type}, row {row}");
            }
        }

        AssertHeld(file, isMapped: false, isOpen: false);
    }

    // The head is the last tensor to be loaded: every other is there when the failure comes.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_failed_load_lets_go_of_the_file(bool mapped)
    {
        var file = Write("llama", GgmlType.Q8_0);
        long at;
        using (var open = GgufFile.Open(file))
        {
            at = open.Tensors["output.weight"].OffsetBytes;
        }

        var bytes = File.ReadAllBytes(file);
        BitConverter.TryWriteBytes(bytes.AsSpan((int)at), Half.NaN);
        File.WriteAllBytes(file, bytes);
        var error = Assert.Throws<CheckpointFormatException>(() => ModelLoader.Load(file, mapped));
        Assert.Contains("lm_head.weight", error.Message, StringComparison.Ordinal);
        AssertHeld(file, isMapped: false, isOpen: false);
    }

    private static void AssertHeld(string file, bool isMapped, bool isOpen)
    {
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal(isMapped, File.ReadAllText("/proc/self/maps").Contains(file, StringComparison.Ordinal));
            Assert.Equal(isOpen, new DirectoryInfo("/proc/self/fd").EnumerateFiles().Any(f => f.LinkTarget == file));
        }
    }

    private string Write(string name, GgmlType type)
    {
        using var source = new TemporaryFolder();
        RandomCheckpoint.Write(source, SmallConfigs.WholeBlocks[name], 950);
        var file = _folder.PathOf("model.gguf");
        using var checkpoint = CheckpointFolder.Open(source.Root);
        GgufExport.Write(checkpoint, file, type, metadata => metadata.Set("tokenizer.ggml.model", "no_vocab"));
        return file;
    }
}
