using Ropewalk.Engine.Formats.Gguf;
using Xunit.Abstractions;
using static Ropewalk.Tests.Formats.Gguf.GgufBytes;

namespace Ropewalk.Tests.Fuzz;

/// <summary>Mutated GGUF files. <see cref="Fuzzer"/> says how to run it for an hour.</summary>
[Trait("Category", "Fuzz")]
public sealed class GgufFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Mutated_files_are_read_or_refused_in_one_line()
    {
        var golden = Path.Combine(SharedData.Root, "tests", "Ropewalk.Tests", "Formats", "Gguf", "written-by-ggml.gguf");
        var mutator = new GgufMutator(
            Valid(), Valid(2), File.ReadAllBytes(golden),
            Whole([], [Tensor("t", [256, 2, 1, 3], 12, 0), Tensor("u", [1], F32, 896)], 900),
            Whole([Pair("general.architecture", 8, Text("llama")), Pair("split.count", 2, [2, 0]), List("list", 12, 3, new byte[24])], [], 0));
        var (accepted, refused) = Fuzzer.Run(Fuzzer.Share(1 / 3.0), mutator.Mutate, ReadAll, ".gguf");
        output.WriteLine($"{accepted} files accepted, {refused} refused");
        Assert.True(accepted > 100 && refused > 100, $"{accepted} accepted, {refused} refused: the mutator is too rough or too gentle to reach the checks");
    }

    /// <summary>Opens a file and touches all that it says.</summary>
    private static void ReadAll(string path)
    {
        using var file = GgufFile.Open(path);
        var buffer = new byte[64];
        foreach (var tensor in file.Tensors.Values)
        {
            Assert.InRange(tensor.OffsetBytes, 24, file.LengthBytes - tensor.LengthBytes);
            for (var offset = 0L; offset < tensor.LengthBytes; offset += buffer.Length)
            {
                file.ReadBytes(tensor, offset, buffer.AsSpan(0, (int)Math.Min(buffer.Length, tensor.LengthBytes - offset)));
            }
        }

        foreach (var key in file.Metadata.Keys)
        {
            Assert.True(file.Metadata.TryGet(key, out _));
        }

        using var set = GgufSet.Open(path);
        Assert.InRange(file.TailBytes, 0, file.LengthBytes);
    }
}
