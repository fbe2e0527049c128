using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Doctor.Encoders;

/// <summary>Modules that are damaged, contradict each other or the model, or do not say how rows become a vector.</summary>
internal sealed class PoolingSettings : EncoderRule
{
    /// <inheritdoc/>
    public override string Name => "pooling";

    /// <inheritdoc/>
    protected override IEnumerable<Finding> Check(DoctorInput input, EncoderDescription encoder)
    {
        var (settings, reason) = Read(input);
        if (settings is null)
        {
            if (reason is not null)
            {
                yield return Of(input.Folder!, Severity.Error, EmbedderSettingsReader.ModulesName, reason, "modules that agree with each other and with the model", (Engines.Ropewalk, "refuses"));
            }
        }
        else if (settings.Pooling is null)
        {
            yield return Of(settings.PoolingSource, Severity.Warning, input.Gguf is null ? "pooling" : $"{input.Gguf.Architecture}.pooling_type", "nothing", input.Gguf is null ? "a Pooling module in modules.json" : "the pooling type: convert a folder that names it",
                input.Gguf is null ? (SentenceTransformers, "gives a row for each token") : (Engines.LlamaCpp, "gives a row for each token unless --pooling is given"), (Engines.Ropewalk, "asks for --pooling"));
        }
        else if (settings.Width is { } width && width != encoder.Shape.HiddenWidth)
        {
            yield return Of(settings.PoolingSource, Severity.Error, "word_embedding_dimension", $"{width}, with rows of {encoder.Shape.HiddenWidth}", $"{encoder.Shape.HiddenWidth}",
                (SentenceTransformers, "tells a wrong dimension to whoever makes an index"), (Engines.Ropewalk, "refuses"));
        }
    }

    /// <summary>The settings, or why they cannot be read; neither where nothing says that the model is an embedder.</summary>
    private static (EmbedderSettings? Settings, string? Reason) Read(DoctorInput input)
    {
        if (input.Gguf is null && (input.Folder is null || !Path.Exists(Path.Combine(input.Folder, EmbedderSettingsReader.ModulesName))))
        {
            return (null, null);
        }

        try
        {
            return (EmbedderSettingsReader.Read(input.Folder ?? input.Rope.File), null);
        }
        catch (RopewalkException e)
        {
            return (null, Printable.OneLine(e.Message));
        }
    }
}
