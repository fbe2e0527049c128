using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Doctor;
using Spectre.Console;

namespace Ropewalk.Cli;

/// <summary>A diagnosis in the terminal: what each engine reads, then the findings, the worst first.</summary>
internal static class DoctorTable
{
    public static void Write(TextWriter output, Diagnosis diagnosis)
    {
        var console = Terminal.On(output);
        output.WriteLine($"{diagnosis.File}: {(diagnosis.ModelType.Length > 0 ? Printable.OneLine(diagnosis.ModelType, 40) : "no model_type")}");
        if (diagnosis.Readings.Length > 0)
        {
            var readings = new Table { Border = TableBorder.Simple };
            readings.AddColumn("engine").AddColumn("reads").AddColumn(new TableColumn("frequencies").RightAligned());
            foreach (var reading in diagnosis.Readings)
            {
                readings.AddRow(Markup.Escape(reading.Engine), Markup.Escape(Printable.OneLine(reading.InForce)), Markup.Escape(DoctorRecord.Compared(diagnosis, reading)));
            }

            console.Write(readings);
        }

        foreach (var finding in diagnosis.Findings)
        {
            output.WriteLine($"{Word(finding.Severity)}: {(finding.File == diagnosis.File ? "" : Path.GetFileName(finding.File) + ": ")}{Printable.OneLine(finding.Field)}: {Printable.OneLine(finding.Found)}");
            var width = finding.Effects.Max(e => e.Engine.Length);
            foreach (var effect in finding.Effects)
            {
                output.WriteLine($"  {effect.Engine.PadRight(width)}  {effect.Effect}");
            }

            output.WriteLine($"  {"write".PadRight(width)}  {finding.Fix}");
        }

        var problems = diagnosis.Findings.Count(f => f.Severity > Severity.Note);
        output.WriteLine(problems == 0 ? "nothing to repair" : $"{problems} {(problems == 1 ? "thing" : "things")} to repair");
    }

    private static string Word(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "note",
    };
}
