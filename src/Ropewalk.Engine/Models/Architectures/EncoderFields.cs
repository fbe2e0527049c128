using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Engine.Models.Architectures;

/// <summary>What configs of encoders share.</summary>
internal static class EncoderFields
{
    /// <summary>What stands for the rotary encoding of a model with learned positions, which has none: only its window means anything.</summary>
    /// <param name="window">Tokens that the table holds.</param>
    public static RopeConfig NoRotation(int window)
    {
        var geometry = new RopeGeometry(2, 1, window);
        return new RopeConfig(new NoScaling(geometry), geometry, window, []);
    }

    /// <summary>Refuses what is no plain encoder: a decoder with BERT's names, or positions relative to each other.</summary>
    public static void RequirePlain(JsonElement config, string file)
    {
        var fields = new ConfigFields(config, file);
        foreach (var key in (string[])["is_decoder", "add_cross_attention"])
        {
            if (fields.OptionalBool(key) == true)
            {
                throw new UnsupportedCheckpointException(file, key, "true", "an encoder alone");
            }
        }

        if (fields.OptionalString("position_embedding_type") is { } type && type != "absolute")
        {
            throw new UnsupportedCheckpointException(file, "position_embedding_type", $"\"{Printable.OneLine(type, 60)}\"", "absolute");
        }
    }
}
