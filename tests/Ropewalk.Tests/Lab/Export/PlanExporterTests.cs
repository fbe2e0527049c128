using Ropewalk.Engine.Models;
using Ropewalk.Lab.Export;
using Ropewalk.Tests.EndToEnd;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Lab.Export;

/// <summary>An export that is stopped on its way.</summary>
public sealed class PlanExporterTests
{
    [Theory]
    [InlineData(PlanTarget.HuggingFaceV4, "out")]
    [InlineData(PlanTarget.HuggingFaceV5, "out")]
    [InlineData(PlanTarget.Gguf, "out.gguf")]
    public void A_stop_amid_the_weights_leaves_nothing(PlanTarget target, string output)
    {
        using var folder = new TemporaryFolder();
        using var checkpoint = ModelLoader.Open(Command.Embedded);
        var plan = RopePlan.Make(checkpoint, null, "yarn:8", null, []);
        var told = 0L;
        var weights = new FileInfo(Path.Combine(Command.Embedded, "model.safetensors")).Length;
        Assert.Throws<OperationCanceledException>(() => PlanExporter.Export(checkpoint, plan, target, folder.PathOf(output), (_, bytes) =>
        {
            told += bytes;
            if (told > weights / 2)
            {
                throw new OperationCanceledException();
            }
        }));
        Assert.InRange(told, weights / 2, weights - 1);
        Assert.Empty(folder.Entries());
    }
}
