using System.Text.Json;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Positions.Scaling;
using Ropewalk.Tests.Positions;

namespace Ropewalk.Tests.Formats.HuggingFace;

/// <summary>The 30 recorded cases of Transformers, read from their config objects in three eras.</summary>
public class HfRopeGoldenTests
{
    [SharedFact]
    public void All_configs_give_the_recorded_frequencies()
    {
        var numbers = new GoldenNumbers();
        var cases = 0;
        foreach (var test in GoldenNumbers.Read("hf_rope_parameters.json").GetProperty("cases").EnumerateArray())
        {
            cases++;
            var name = test.GetProperty("name").GetString()!;
            var era = test.GetProperty("impl").GetString() switch
            {
                "v4" => RopeConfigEra.V4,
                "v457" => RopeConfigEra.V457,
                "v5" => RopeConfigEra.V5,
                var other => throw new InvalidOperationException($"unknown era {other}"),
            };
            var config = RopeConfigReader.Read(test.GetProperty("config"), name, era);
            var length = test.GetProperty("seq_len") is { ValueKind: JsonValueKind.Number } n ? n.GetInt64() : 0;
            var f = config.Scaling.At(length);
            numbers.Close(name + " f32", GoldenNumbers.List(test.GetProperty("inv_freq_f32")), f.InverseFrequencies, 2e-6);
            numbers.Close(name + " f64", GoldenNumbers.List(test.GetProperty("inv_freq_f64")), f.InverseFrequencies, 1e-12);
            numbers.Close(name + " attention", 0, test.GetProperty("attention_factor").GetDouble(), f.AttentionFactor, 1e-12);
            numbers.Close(name + " dim", 0, test.GetProperty("dim").GetInt32(), config.Geometry.RotaryDimension, 0);
            if (test.TryGetProperty("yarn_correction_range", out var range))
            {
                var yarn = Assert.IsType<YarnScaling>(config.Scaling);
                var (low, high) = YarnRamp.Range(yarn.Geometry, yarn.BetaFast, yarn.BetaSlow, yarn.Truncate);
                numbers.Close(name + " range", GoldenNumbers.List(range), [low, high], 1e-12);
            }
        }

        numbers.Finish(cases, 30);
    }
}
