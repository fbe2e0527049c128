using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Lab.Export;

/// <summary>A checkpoint's weights under another config. The original stays open and the caller's.</summary>
/// <param name="original">The weights.</param>
/// <param name="config">The config in force.</param>
internal sealed class ReconfiguredCheckpoint(Checkpoint original, JsonObject config) : Checkpoint
{
    /// <inheritdoc/>
    public override string Location => original.Location;

    /// <inheritdoc/>
    public override string ConfigPath => original.ConfigPath;

    /// <inheritdoc/>
    public override string WeightsPath => original.WeightsPath;

    /// <inheritdoc/>
    public override JsonElement Config { get; } = JsonSerializer.SerializeToElement(config);

    /// <inheritdoc/>
    public override IEnumerable<string> TensorNames => original.TensorNames;

    /// <inheritdoc/>
    public override CheckpointTensor? Find(string name) => original.Find(name);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // Nothing of its own.
    }
}
