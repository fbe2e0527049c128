using System.Globalization;

namespace Ropewalk.Lab.Doctor;

/// <summary>A diagnosis as it is written as JSON.</summary>
public static class DoctorRecord
{
    private const double Alike = 1e-6;

    /// <summary>The object to serialize.</summary>
    public static object Of(Diagnosis diagnosis)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        return new
        {
            diagnosis.File,
            diagnosis.ModelType,
            diagnosis.HasProblems,
            Engines = diagnosis.Readings.Select(r => new
            {
                r.Engine,
                r.InForce,
                AttentionFactor = r.Frequencies?.AttentionFactor,
                Fingerprint = r.Frequencies?.Fingerprint,
                DifferenceFromReference = Reference(diagnosis) is { } reference ? r.DifferenceFrom(reference) : null,
            }),
            diagnosis.Findings,
        };
    }

    /// <summary>A reading's frequencies in words, against those of <see cref="Reference"/>.</summary>
    public static string Compared(Diagnosis diagnosis, EngineReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        if (Reference(diagnosis) is not { } reference || reading.Frequencies is null)
        {
            return "none";
        }

        return ReferenceEquals(reading, reference) ? "reference"
            : reading.DifferenceFrom(reference) is not { } difference ? "of another width"
            : difference < Alike ? "the same"
            : difference < 1 ? $"up to {(100 * difference).ToString("G3", CultureInfo.InvariantCulture)} % apart"
            : $"up to {(1 + difference).ToString("G3", CultureInfo.InvariantCulture)} times apart";
    }

    /// <summary>What others are compared with: our own reading, or where we refuse that of the latest Transformers.</summary>
    private static EngineReading? Reference(Diagnosis diagnosis) =>
        diagnosis.Readings.LastOrDefault(r => r.Engine == Engines.Ropewalk && r.Frequencies is not null)
        ?? diagnosis.Readings.FirstOrDefault(r => r.Engine == Engines.Transformers5 && r.Frequencies is not null);
}
