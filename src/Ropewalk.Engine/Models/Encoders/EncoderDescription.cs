using System.Collections.Immutable;
using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;

namespace Ropewalk.Engine.Models.Encoders;

/// <summary>What a config says of an encoder, without its weights.</summary>
/// <param name="Architecture">The config's model_type.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Window">Tokens of the longest text that the model was made for, special tokens included.</param>
/// <param name="PositionRows">Rows of the table of learned positions; 0 where positions are rotary.</param>
/// <param name="FirstPosition">Row of the table that the first token reads.</param>
/// <param name="PositionTensor">Name of the table, perhaps after a prefix; null where positions are rotary.</param>
/// <param name="TokenTypes">Rows of the table of token types; 0 for none.</param>
/// <param name="Rope">The encoding of the layers that see the whole text; null where positions are learned.</param>
/// <param name="LocalRope">That of the layers that see neighbours only; null where all see the whole text.</param>
/// <param name="LayerWindows">Tokens that each layer sees around one, 0 for the whole text.</param>
public sealed record EncoderDescription(
    string Architecture,
    ModelShape Shape,
    int Window,
    int PositionRows,
    int FirstPosition,
    string? PositionTensor,
    int TokenTypes,
    RopeConfig? Rope,
    RopeConfig? LocalRope,
    ImmutableArray<int> LayerWindows)
{
    /// <summary>Reads a config; null for one whose model_type is no encoder's.</summary>
    /// <param name="config">The root object.</param>
    /// <param name="file">For errors.</param>
    /// <exception cref="CheckpointFormatException">It is an encoder's, and a key is missing or out of range.</exception>
    /// <exception cref="UnsupportedCheckpointException">It is an encoder of a kind that is not run here.</exception>
    public static EncoderDescription? Find(JsonElement config, string file)
    {
        if (config.ValueKind != JsonValueKind.Object || !config.TryGetProperty("model_type", out var type) || type.ValueKind != JsonValueKind.String
            || Array.Find(Architectures.Architecture.Encoders, a => a.ModelType == type.GetString()) is not { } architecture)
        {
            return null;
        }

        var spec = architecture.Read(config, file);
        var encoder = spec.Encoder!;
        return new EncoderDescription(
            architecture.ModelType,
            spec.Shape,
            encoder.Window,
            encoder.PositionRows,
            encoder.FirstPosition,
            encoder.HasTable ? architecture.NameOf(TensorRole.PositionEmbedding, 0) : null,
            encoder.TokenTypes,
            encoder.HasTable ? null : spec.Rope,
            spec.LocalRope,
            [.. spec.Windows]);
    }
}
