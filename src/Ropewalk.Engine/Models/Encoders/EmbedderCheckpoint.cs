using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models.Architectures;

namespace Ropewalk.Engine.Models.Encoders;

/// <summary>A checkpoint as embedders are saved: a decoder's without its head and without the head's prefix of the other names (Qwen3-Embedding,
/// E5-Mistral), an encoder's perhaps with the prefix of the larger model that it was part of.</summary>
internal sealed class EmbedderCheckpoint : Checkpoint
{
    private const string Weight = ".weight";
    private readonly Checkpoint _inner;
    private readonly string _missing = "";
    private readonly string _surplus = "";

    /// <summary>Looks at a checkpoint, which the caller goes on owning.</summary>
    public EmbedderCheckpoint(Checkpoint inner, Architecture architecture)
    {
        _inner = inner;
        var embedding = architecture.Names[TensorRole.Embedding] + Weight;
        var config = JsonObject.Create(inner.Config)!;
        var isEncoder = Architecture.Encoders.Contains(architecture);
        if (!isEncoder)
        {
            // No logits are asked for, so the head need not be there, and is not loaded where it is.
            config["tie_word_embeddings"] = true;
        }

        Config = JsonSerializer.SerializeToElement(config);
        if (inner.Find(embedding) is not null)
        {
            return;
        }

        var afterPrefix = embedding.IndexOf('.', StringComparison.Ordinal) + 1;
        if (!isEncoder && inner.Find(embedding[afterPrefix..]) is not null)
        {
            _missing = embedding[..afterPrefix];
        }
        else if (isEncoder && inner.TensorNames.FirstOrDefault(n => n.EndsWith("." + embedding, StringComparison.Ordinal)) is { } found)
        {
            _surplus = found[..^embedding.Length];
        }
    }

    /// <inheritdoc/>
    public override string Location => _inner.Location;

    /// <inheritdoc/>
    public override string ConfigPath => _inner.ConfigPath;

    /// <inheritdoc/>
    public override string WeightsPath => _inner.WeightsPath;

    /// <inheritdoc/>
    public override JsonElement Config { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> TensorNames =>
        _inner.TensorNames.Select(n => n.StartsWith(_surplus, StringComparison.Ordinal) ? _missing + n[_surplus.Length..] : n);

    /// <inheritdoc/>
    public override CheckpointTensor? Find(string name) =>
        _missing.Length == 0 ? _inner.Find(_surplus + name)
        : name.StartsWith(_missing, StringComparison.Ordinal) ? _inner.Find(name[_missing.Length..])
        : null;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The files are the caller's.
    }
}
