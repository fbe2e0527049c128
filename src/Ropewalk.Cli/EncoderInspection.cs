using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Cli;

/// <summary>What inspect says of an encoder beside its frequencies, or in their place where positions are learned.</summary>
internal sealed class EncoderInspection
{
    private readonly EncoderDescription _encoder;
    private readonly EmbedderSettings? _settings;

    private EncoderInspection(EncoderDescription encoder, EmbedderSettings? settings) => (_encoder, _settings) = (encoder, settings);

    /// <summary>Reads the files beside a config.</summary>
    /// <param name="encoder">The config's content.</param>
    /// <param name="path">MODEL as the user gave it.</param>
    public static EncoderInspection Of(EncoderDescription encoder, string path) =>
        new(encoder, path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? null : EmbedderSettingsReader.Read(path));

    /// <summary>For JSON.</summary>
    public object Record => new
    {
        _encoder.Architecture,
        _encoder.Window,
        _encoder.PositionRows,
        _encoder.FirstPosition,
        _encoder.TokenTypes,
        Layers = _encoder.LayerWindows.Length,
        LocalLayers = _encoder.LayerWindows.Count(w => w > 0),
        LocalWindow = _encoder.LayerWindows.Max(),
        LocalBase = _encoder.LocalRope?.Geometry.Base,
        Width = _encoder.Shape.HiddenWidth,
        _settings?.Pooling,
        _settings?.Normalizes,
        MaxSeqLength = _settings?.MaxTokens,
        _settings?.Prompts,
        _settings?.DefaultPrompt,
    };

    /// <summary>For people.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine($"encoder of {_encoder.LayerWindows.Length} layers, vectors of {_encoder.Shape.HiddenWidth} numbers, texts of up to {Display.Length(_encoder.Window)} tokens");
        if (_encoder.Rope is null)
        {
            output.WriteLine($"learned positions: a table of {_encoder.PositionRows} rows{(_encoder.FirstPosition > 0 ? $", the first token at row {_encoder.FirstPosition}" : "")}");
        }

        if (_encoder.LayerWindows.Max() is > 0 and var window)
        {
            output.WriteLine($"{_encoder.LayerWindows.Count(w => w > 0)} layers see {window} tokens around each, by base {_encoder.LocalRope!.Geometry.Base}; what follows is of the others");
        }

        if (_settings is not { } settings)
        {
            return;
        }

        var length = settings.MaxTokens is { } tokens ? $", max_seq_length {tokens}" : "";
        output.WriteLine(settings.Pooling is { } pooling ? $"as an embedder: {pooling.ToString().ToLowerInvariant()} pooling{(settings.Normalizes ? ", normalised" : "")}{length}" : $"as an embedder: nothing says how rows become a vector (--pooling){length}");
        foreach (var (name, prompt) in settings.Prompts)
        {
            output.WriteLine($"prompt {name}{(name == settings.DefaultPrompt ? " (default)" : "")}: \"{Printable.OneLine(prompt, 80)}\"");
        }
    }
}
