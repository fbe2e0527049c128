using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Models.Encoders;

namespace Ropewalk.Lab.Doctor.Encoders;

/// <summary>No modules.json: nothing says how rows become a vector.</summary>
internal sealed class Modules : EncoderRule
{
    /// <inheritdoc/>
    public override string Name => "missing-modules";

    /// <inheritdoc/>
    protected override IEnumerable<Finding> Check(DoctorInput input, EncoderDescription encoder)
    {
        if (input.Folder is { } folder && !Path.Exists(Path.Combine(folder, EmbedderSettingsReader.ModulesName)))
        {
            yield return Of(Path.Combine(folder, EmbedderSettingsReader.ModulesName), Severity.Warning, "file", "nothing there", "the list of modules, where the model is an embedder; ropewalk extend and convert write it",
                (SentenceTransformers, "takes the mean of all rows, with a warning"), (Engines.Ropewalk, "asks for --pooling"));
        }
    }
}
