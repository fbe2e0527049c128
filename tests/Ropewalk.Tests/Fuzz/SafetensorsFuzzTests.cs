using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Tests.Formats;
using Xunit.Abstractions;

namespace Ropewalk.Tests.Fuzz;

/// <summary>Mutated safetensors files. <see cref="Fuzzer"/> says how to run it for an hour.</summary>
[Trait("Category", "Fuzz")]
public sealed class SafetensorsFuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void Mutated_files_are_read_or_refused_in_one_line()
    {
        var (accepted, refused) = Fuzzer.Run(Fuzzer.Share(1 / 3.0), new SafetensorsMutator(SafetensorsBytes.Valid()).Mutate, ReadAll, ".safetensors");
        output.WriteLine($"{accepted} files accepted, {refused} refused");
        Assert.True(accepted > 100 && refused > 100, $"{accepted} accepted, {refused} refused: the mutator is too rough or too gentle to reach the checks");
    }

    private static void ReadAll(string path)
    {
        using var file = SafetensorsFile.Open(path);
        foreach (var tensor in file.Tensors.Values)
        {
            file.ReadBytes(tensor, 0, new byte[tensor.LengthBytes]);
            if (tensor.Type is StoredType.F32 or StoredType.BF16 or StoredType.F16 or StoredType.F64)
            {
                file.ReadAsSingle(tensor, 0, new float[tensor.Elements]);
            }
        }
    }
}
