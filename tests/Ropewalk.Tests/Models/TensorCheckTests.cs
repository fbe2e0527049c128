using Ropewalk.Engine.Models;
using Ropewalk.Tests.EndToEnd;

namespace Ropewalk.Tests.Models;

/// <summary>The search for numbers that are not finite reads a whole model, so it can be stopped.</summary>
public sealed class TensorCheckTests
{
    [Fact]
    public void A_stop_ends_it()
    {
        using var checkpoint = ModelLoader.Open(Command.Embedded);
        Assert.Empty(TensorCheck.NonFinite(checkpoint, CancellationToken.None));
        Assert.Throws<OperationCanceledException>(() => TensorCheck.NonFinite(checkpoint, new CancellationToken(canceled: true)).ToList());
    }
}
