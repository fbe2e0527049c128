using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Kernels;

namespace Ropewalk.Engine.Models.Gguf;

/// <summary>The GGUF keys that every encoder has.</summary>
internal static class GgufEncoderKeys
{
    private const string TokenTypes = "tokenizer.ggml.token_type_count";

    /// <summary>Writes them.</summary>
    public static void Write(GgufConfigWriter writer)
    {
        var spec = writer.Spec;
        writer.Set("attention.causal", false);
        writer.Metadata.Set(TokenTypes, (uint)Math.Max(1, spec.Encoder!.TokenTypes));
        if (spec.Activation == Activation.Gelu)
        {
            writer.Notes.Add("llama.cpp computes gelu by its approximation with a hyperbolic tangent, this model by the error function: activations differ by up to 0.0005");
        }
    }

    /// <summary>Reads them.</summary>
    public static void Read(GgufConfigReader reader)
    {
        var metadata = reader.Metadata;
        if (metadata.OptionalBool(reader.Key("attention.causal")) == true)
        {
            throw new UnsupportedCheckpointException(metadata.File, reader.Key("attention.causal"), "true", "false, as encoders have it");
        }

        reader.Config["type_vocab_size"] = reader.RowsOf(GgufNames.Of(TensorRole.TokenTypeEmbedding, 0));
    }
}
