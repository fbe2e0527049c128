using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Lab.Data;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Peer;

/// <summary>Every architecture: a small random model that we write as a folder and as GGUF, run by us from the folder and by llama.cpp from
/// the file.</summary>
public sealed class ArchitectureAgreementTests
{
    private const int Length = 300;

    public static TheoryData<string> Names() => [.. SmallConfigs.All.Keys];

    [PeerTheory]
    [MemberData(nameof(Names))]
    public void Logits_are_those_of_llama_cpp(string name)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallConfigs.All[name], 700);
        var file = folder.PathOf("model.gguf");
        using (var checkpoint = CheckpointFolder.Open(folder.Root))
        {
            GgufExport.Write(checkpoint, file, null, metadata => metadata.Set("tokenizer.ggml.model", "no_vocab"));
        }

        var random = new CounterRandom(8);
        var tokens = Enumerable.Range(0, Length).Select(_ => random.NextInt(1003)).ToArray();
        using var model = ModelLoader.Load(folder.Root);
        var ours = ModelLogits.Of(model, tokens);
        var theirs = LlamaCpp.Logits(file, tokens);
        var largest = theirs.Max(row => row.Max(Math.Abs));
        var difference = Enumerable.Range(0, Length).Max(t => ours[t].Zip(theirs[t], (o, p) => Math.Abs(o - p)).Max());
        Console.WriteLine($"DIFF {name}: {difference / largest:G3}");
        Assert.True(difference <= 1e-3 * largest, $"{name}: differs by {difference:G3}; the largest logit is {largest:G3}");
    }
}
