using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Doctor.Encoders;
using Ropewalk.Lab.Doctor.Rules;

namespace Ropewalk.Lab.Doctor;

/// <summary>Says what each engine would do with a checkpoint's position settings, without loading its weights.</summary>
public static class ModelDoctor
{
    private static readonly Rule[] s_rules =
    [
        new MissingBase(), new MissingLength(), new BaseOutsideParameters(), new BothGenerations(), new ParametersUnread(), new UnknownMethod(), new TwoNames(), new OldName(),
        new MissingKeys(), new ForeignKeys(), new StrayScaling(), new UnreadKeys(), new FactorBelowOne(), new DoubledFactor(),
        new YarnFactor(), new YarnOriginal(), new YarnRamp(), new YarnAttention(), new YarnTurns(), new SoftmaxScale(), new DynamicTable(),
        new FactorLists(), new LongRopeOriginal(), new LongRopeAttention(), new LongRopeSwitch(), new Llama3Original(), new LlamaCppLists(), new LlamaCppLlama3(),
        new RotaryWidth(), new SlidingWindow(), new TokenizerLimit(), new TokenizerTruncation(), new SentenceLimit(),
        new GgufDoubledFactors(), new GgufLists(), new GgufYarnKeys(),
    ];

    /// <summary>Looks at a checkpoint.</summary>
    /// <param name="model">A Hugging Face folder, a config.json alone, or a GGUF file.</param>
    /// <param name="config">A config to judge in place of the checkpoint's own, or null.</param>
    /// <exception cref="CheckpointFormatException">A file is missing or no JSON object, or the GGUF file is damaged.</exception>
    /// <exception cref="UnsupportedCheckpointException">The GGUF file's architecture is unknown here.</exception>
    public static Diagnosis Examine(string model, string? config = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var input = DoctorInput.Read(model, config);
        if (EncoderDoctor.Examine(input) is { } encoder)
        {
            return encoder;
        }

        // A GGUF file is not read by the others, and what its config would be says nothing of its keys.
        var findings = s_rules.Where(r => r is GgufRule == input.Gguf is not null).SelectMany(r => r.Check(input)).OrderByDescending(f => f.Severity);
        var readings = input.Gguf is null ? EngineReadings.Of(input.Rope) : input.Gguf.HasContradiction ? [] : EngineReadings.OfGguf(input.Rope);
        return new(input.Rope.File, input.Rope.ModelType, readings, [.. findings]);
    }
}
