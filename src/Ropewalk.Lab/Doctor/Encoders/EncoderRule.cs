using Ropewalk.Engine.Models.Encoders;

namespace Ropewalk.Lab.Doctor.Encoders;

/// <summary>A rule about an encoder that is used as an embedder. Those about rotary keys of language models do not fit it: its positions may be learned,
/// and where they turn its keys have other names.</summary>
internal abstract class EncoderRule : Rule
{
    /// <summary>The program that most embedders are made for.</summary>
    protected const string SentenceTransformers = "sentence-transformers";

    /// <inheritdoc/>
    public sealed override IEnumerable<Finding> Check(DoctorInput input) =>
        EncoderDescription.Find(input.Rope.Config, input.Rope.File) is { } encoder ? Check(input, encoder) : [];

    /// <summary>What it finds.</summary>
    protected abstract IEnumerable<Finding> Check(DoctorInput input, EncoderDescription encoder);
}
