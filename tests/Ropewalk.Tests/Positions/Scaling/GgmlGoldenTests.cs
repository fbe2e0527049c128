using System.Text.Json;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Tests.Positions.Scaling;

/// <summary>What ggml's rotation kernel and llama.cpp's converter give.</summary>
public class GgmlGoldenTests
{
    [SharedFact]
    public void All_kernel_rows_are_met()
    {
        var numbers = new GoldenNumbers();
        var cases = 0;
        foreach (var test in GoldenNumbers.Read("ggml_rope.json").GetProperty("cases").EnumerateArray())
        {
            cases++;
            var name = test.GetProperty("name").GetString()!;
            var geometry = new RopeGeometry(
                test.GetProperty("n_dims").GetInt32(), test.GetProperty("freq_base").GetDouble(), test.GetProperty("n_ctx_orig").GetInt32());
            var range = YarnRamp.Range(geometry, test.GetProperty("beta_fast").GetDouble(), test.GetProperty("beta_slow").GetDouble());
            numbers.Close(name + " range", GoldenNumbers.List(test.GetProperty("corr_dims")), [range.Low, range.High], 0);
            numbers.Close(name + " theta scale", 0, test.GetProperty("theta_scale").GetDouble(), geometry.InverseFrequency(1), 2e-6);

            var f = Scaling(test, geometry).At(0);
            var cos = new float[f.Pairs];
            var sin = new float[f.Pairs];
            foreach (var position in (int[])[1, 7, 1000, 30000])
            {
                RotaryAngles.Fill(f, position, 1, cos, sin);

                // The kernel multiplies float32 angles from pair to pair: its error grows with the position, and the attention
                // factor scales it like the value.
                var tolerance = (1e-5 + (1e-7 * position)) * Math.Max(1, f.AttentionFactor);
                numbers.Close($"{name} cos {position}", GoldenNumbers.List(test.GetProperty($"cos_pos_{position}")), [.. cos.Select(x => (double)x)], 0, tolerance);
                numbers.Close($"{name} sin {position}", GoldenNumbers.List(test.GetProperty($"sin_pos_{position}")), [.. sin.Select(x => (double)x)], 0, tolerance);
            }
        }

        numbers.Finish(cases, 9);
    }

    [SharedFact]
    public void The_converter_writes_llama3_as_rescale_factors()
    {
        var numbers = new GoldenNumbers();
        var cases = 0;
        foreach (var test in GoldenNumbers.Read("gguf_permute_ropefreqs.json").GetProperty("rope_freqs").EnumerateArray())
        {
            cases++;
            var name = test.GetProperty("model").GetString()!;
            var model = test.GetProperty("hparams");
            var rope = model.GetProperty("rope_scaling");

            // That converter takes the original length from the top level and 8192 where there is none; the inner key is ignored.
            var geometry = new RopeGeometry(
                model.GetProperty("hidden_size").GetInt32() / model.GetProperty("num_attention_heads").GetInt32(), model.GetProperty("rope_theta").GetDouble(), 8192);
            var scaling = new Llama3Scaling(
                geometry, rope.GetProperty("factor").GetDouble(), rope.GetProperty("low_freq_factor").GetDouble(), rope.GetProperty("high_freq_factor").GetDouble());
            numbers.Close(name, GoldenNumbers.List(test.GetProperty("factors")), scaling.At(0).RescaleFactors(geometry), 2e-6);
        }

        numbers.Finish(cases, 3);
    }

    private static RopeScaling Scaling(JsonElement test, RopeGeometry geometry)
    {
        var scale = 1 / test.GetProperty("freq_scale").GetDouble();
        var attention = test.GetProperty("attn_factor").GetDouble();
        var extrapolation = test.GetProperty("ext_factor").GetDouble();
        if (test.TryGetProperty("freq_factors", out var factors))
        {
            return new LongRopeScaling(geometry, [new(geometry.OriginalContext, [.. GoldenNumbers.List(factors)], attention)]);
        }

        return extrapolation == 0
            ? new LinearScaling(geometry, scale)
            : new YarnScaling(geometry, scale) { ExtrapolationFactor = extrapolation, AttentionMultiplier = attention };
    }
}
