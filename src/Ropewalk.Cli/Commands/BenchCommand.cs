using System.CommandLine;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk bench: published benchmarks on a model of the user's. Those of the program's own speed belong to its sources (bench/Ropewalk.Benchmarks);
/// the launcher starts them under the same word.</summary>
internal static class BenchCommand
{
    public static Command Create(TextWriter output, TextWriter error) =>
        new("bench", "Measure a model by a published benchmark. Example: ropewalk bench longembed e5-base --to 4096") { LongEmbedCommand.Create(output, error) };
}
