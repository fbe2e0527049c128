using Ropewalk.Lab.Data;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Tests.Lab.Runs;

/// <summary>Reports to test with; the numbers are made up, of the size that real ones have.</summary>
internal static class ReportSamples
{
    public static ReportData Realistic(int numCandidates = 4_000)
    {
        double[] lengths = [256, 512, 1024, 2048, 4096, 8192];
        var random = new CounterRandom(1);
        var candidates = new List<SearchCandidate>();
        var best = new List<SearchBest>();
        var lowest = double.PositiveInfinity;
        for (var i = 1; i <= numCandidates; i++)
        {
            var value = 4.1 + (1.2 * Math.Exp(-i / 700.0)) + (Math.Pow(random.NextDouble(), 3) * 2);
            candidates.Add(new SearchCandidate(i, i % 97 == 0 ? double.NaN : i % 31 == 0 ? 900 : value));
            if (value < lowest && i % 97 != 0 && i % 31 != 0)
            {
                lowest = value;
                best.Add(new SearchBest(i, lowest, i / 200));
            }
        }

        double[] waves = [.. Enumerable.Range(0, 32).Select(i => 2 * Math.PI * Math.Pow(10_000, i / 32.0))];
        double[] ramp = [.. Enumerable.Range(0, 32).Select(i => 1 + (7 * Math.Clamp((i - 5) / 15.0, 0, 1)))];
        return new ReportData
        {
            Title = "bytes2m from 256 to 2,048 tokens",
            Model = new ReportModel("bytes2m", "llama", 2_263_296, 256, 32, 10_000),
            TargetLength = 2048,
            CommandLine = "ropewalk extend models/bytes2m --to 2048 --budget 30m --seed 7 --out extended",
            Date = new DateTimeOffset(2026, 5, 4, 16, 30, 0, TimeSpan.FromHours(2)),
            Host = "2 cores of an x86-64 with AVX-512, .NET 10.0",
            Verdict = "Perplexity at 2,048: 4.12 against 4.58 (YaRN), 95 % interval of the difference in nats -0.12 .. -0.09. No gain over sliding the old window (3.88).",
            Notes = ["Searched on 8 windows of Emma, measured on 40 windows of Dracula.", "The start tokens were left at 0: the Hugging Face format cannot express them."],
            Curves =
            [
                Curve("unscaled", MethodRole.Baseline, lengths, 4.074, 4.874, 6.868, 9.572, 14.2, 19.1),
                Curve("linear", MethodRole.Baseline, lengths, 4.074, 14.332, 26.983, 35.266, double.NaN, double.NaN),
                Curve("ntk", MethodRole.Baseline, lengths, 4.074, 4.451, 5.429, 6.953, 10.697, 13.729),
                Curve("yarn", MethodRole.Baseline, lengths, 4.074, 4.399, 4.535, 4.744, 5.27, 5.872),
                Curve("yarn, temperature tuned", MethodRole.Tuned, lengths, 4.074, 4.36, 4.48, 4.60, 5.1, 5.7),
                Curve("window of 256", MethodRole.Window, lengths, 4.074, 3.95, 3.91, 3.88, 3.88, 3.88),
                Curve("longrope", MethodRole.Winner, lengths, 4.05, 4.11, 4.12, 4.12, 4.7, 5.2),
            ],
            ByPosition =
            [
                Curve("yarn", MethodRole.Baseline, [128, 256, 512, 1024, 1536, 2048], 4.4, 4.3, 4.4, 4.5, 4.7, 4.9),
                Curve("longrope", MethodRole.Winner, [128, 256, 512, 1024, 1536, 2048], 4.3, 4.1, 4.05, 4.02, 4.06, 4.2),
            ],
            SearchProgress = new ReportSearch(best, candidates),
            Factors = new ReportFactors(waves, 13,
            [
                new ReportFactorSeries("linear", MethodRole.Baseline, [.. waves.Select(_ => 8.0)]),
                new ReportFactorSeries("ntk", MethodRole.Baseline, [.. waves.Select((_, i) => Math.Pow(8, i / 31.0))]),
                new ReportFactorSeries("yarn", MethodRole.Baseline, ramp),
                new ReportFactorSeries("longrope short", MethodRole.Tuned, [.. ramp.Select(f => 1 + ((f - 1) * 0.1))]),
                new ReportFactorSeries("longrope", MethodRole.Winner, [.. ramp.Select((f, i) => f * (1 + (0.15 * Math.Sin(i))))]),
            ])
            {
                Ghosts = [new ReportFactorSeries("best after 3", MethodRole.Ghost, ramp)],
                Lineage = [new ReportAncestor(900, 12, 4.12, "crossover of 3 and 17", ramp), new ReportAncestor(3, 0, 4.6, "seed", ramp)],
            },
            Table =
            [
                new ReportRow("longrope", MethodRole.Winner, 2048, 4.12, 4.08, 4.16, 2.043, 0, double.NaN, double.NaN, 81_880),
                new ReportRow("yarn", MethodRole.Baseline, 2048, 4.58, 4.53, 4.63, 2.195, 0.106, 0.09, 0.12, 81_880),
                new ReportRow("window of 256", MethodRole.Window, 2048, 3.88, 3.84, 3.92, 1.956, -0.06, -0.07, -0.05, 81_880),
            ],
            Receipt = [new("version", "0.1.0"), new("seed", "7"), new("model.safetensors", "sha256 172c8f62...")],
            Files = ["extended/config.json", "extended/model.safetensors", "extended/report.html"],
        };
    }

    private static ReportCurve Curve(string method, MethodRole role, double[] lengths, params double[] perplexities) =>
        new(method, role, [.. lengths.Zip(perplexities, (x, y) => new ReportPoint(x, y, y * 0.985, y * 1.015))]);
}
