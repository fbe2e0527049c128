using System.Text.Json;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Tests.Positions.Scaling;

/// <summary>The 14 recorded modules of the YaRN authors' repository.</summary>
public class YarnRepositoryGoldenTests
{
    [SharedFact]
    public void All_modules_give_the_recorded_frequencies_and_rows()
    {
        var numbers = new GoldenNumbers();
        var cases = 0;
        foreach (var test in GoldenNumbers.Read("yarn_repo.json").GetProperty("cases").EnumerateArray())
        {
            cases++;
            var name = test.GetProperty("name").GetString()!;
            var length = test.GetProperty("seq_len") is { ValueKind: JsonValueKind.Number } n ? n.GetInt64() : 0;
            var f = Scaling(test).At(length);

            // This class keeps plain frequencies and divides positions; the quotient is the same angle.
            var divisor = name.StartsWith("dynamic linear", StringComparison.Ordinal) ? 4.0 : 1.0;
            var inverse = GoldenNumbers.List(test.GetProperty("inv_freq")).Select(x => x / divisor).ToArray();
            numbers.Close(name, inverse, f.InverseFrequencies, 2e-6);
            numbers.Close(name + " mscale", 0, test.TryGetProperty("mscale", out var mscale) ? mscale.GetDouble() : 1, f.AttentionFactor, 1e-12);

            var cos = new float[f.Pairs];
            var sin = new float[f.Pairs];
            RotaryAngles.Fill(f, 3, 1, cos, sin);
            numbers.Close(name + " cos row 3", GoldenNumbers.List(test.GetProperty("cos_row_3_first_half")), [.. cos.Select(x => (double)x)], 0, 2e-6);
            numbers.Close(name + " sin row 3", GoldenNumbers.List(test.GetProperty("sin_row_3_first_half")), [.. sin.Select(x => (double)x)], 0, 2e-6);
        }

        numbers.Finish(cases, 14);
    }

    private static RopeScaling Scaling(JsonElement test)
    {
        var args = test.GetProperty("args");
        var maximum = args.GetProperty("max_position_embeddings").GetInt32();
        var original = (int)(Number(args, "original_max_position_embeddings") ?? maximum);
        var geometry = new RopeGeometry(args.GetProperty("dim").GetInt32(), 10000, original);
        var finetuned = args.TryGetProperty("finetuned", out var flag) && flag.GetBoolean();
        return test.GetProperty("class_").GetString() switch
        {
            "LlamaPartNTKScaledRotaryEmbedding" => new PartNtkScaling(
                geometry, args.GetProperty("scale").GetDouble(), Number(args, "ntk_factor") ?? 1, Number(args, "extrapolation_factor") ?? 1),
            "LlamaNTKScaledRotaryEmbedding" => new NtkScaling(geometry, args.GetProperty("alpha").GetDouble()),
            "LlamaDynamicScaledRotaryEmbedding" => Number(args, "ntk") is { } ntk ? new DynamicNtkScaling(geometry, ntk) : new DynamicLinearScaling(geometry),
            "LlamaYaRNScaledRotaryEmbedding" => new YarnScaling(geometry, args.GetProperty("scale").GetDouble()),
            "LlamaDynamicYaRNScaledRotaryEmbedding" => new DynamicYarnScaling(geometry, finetuned ? (double)maximum / original : 1),
            var other => throw new InvalidOperationException($"unknown class {other}"),
        };
    }

    private static double? Number(JsonElement args, string key) => args.TryGetProperty(key, out var value) ? value.GetDouble() : null;
}
