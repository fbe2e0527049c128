using System.Globalization;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Doctor.Encoders;

/// <summary>The doctor for encoders.</summary>
internal static class EncoderDoctor
{
    private static readonly EncoderRule[] s_rules = [new PositionRows(), new SequenceLimit(), new TokenizerLimits(), new Modules(), new PoolingSettings()];

    /// <summary>Looks at an encoder; null for any other model.</summary>
    public static Diagnosis? Examine(DoctorInput input)
    {
        EncoderDescription? encoder;
        try
        {
            encoder = EncoderDescription.Find(input.Rope.Config, input.Rope.File);
        }
        catch (RopewalkException e)
        {
            // It is an encoder's, and says something that cannot be run.
            return new Diagnosis(input.Rope.File, input.Rope.ModelType, [], [new Finding(Severity.Error, "config", input.Rope.File, "config", Printable.OneLine(e.Message), [new EngineEffect(Engines.Ropewalk, "refuses")], "what the message expects")]);
        }

        return encoder is null ? null : new Diagnosis(
            input.Rope.File,
            encoder.Architecture,
            [new EngineReading(Engines.Ropewalk, Reading(encoder), encoder.Rope?.Scaling.At(encoder.Window))],
            [.. s_rules.SelectMany(r => r.Check(input)).OrderByDescending(f => f.Severity)]);
    }

    private static string Reading(EncoderDescription encoder)
    {
        var window = encoder.Window.ToString(CultureInfo.InvariantCulture);
        if (encoder.Rope is not { } rope)
        {
            return $"learned positions for {window} tokens{(encoder.FirstPosition > 0 ? $", from row {encoder.FirstPosition} of {encoder.PositionRows} on" : "")}";
        }

        var local = encoder.LocalRope is { } other && encoder.LayerWindows.Any(w => w > 0)
            ? $"; {encoder.LayerWindows.Count(w => w > 0)} of {encoder.LayerWindows.Length} layers see {encoder.LayerWindows.Max()} tokens, base {other.Geometry.Base.ToString("G7", CultureInfo.InvariantCulture)}"
            : "";
        return $"{EncodingText.Of(rope.Scaling, encoder.Window)}, window {window}{local}";
    }
}
