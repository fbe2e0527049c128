using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Tests.Positions.Scaling;

/// <summary>The 5 recorded modules of the Resonance RoPE repository.</summary>
public class ResonanceGoldenTests
{
    [SharedFact]
    public void All_modules_give_the_recorded_wavelengths_and_rows()
    {
        var numbers = new GoldenNumbers();
        var cases = 0;
        foreach (var test in GoldenNumbers.Read("resonance.json").GetProperty("cases").EnumerateArray())
        {
            cases++;
            var name = test.GetProperty("name").GetString()!;
            var args = test.GetProperty("args");
            var length = args.GetProperty("max_position_embeddings").GetInt32();
            var original = args.TryGetProperty("original_max_position_embeddings", out var l) ? l.GetInt32() : length;
            var geometry = new RopeGeometry(args.GetProperty("dim").GetInt32(), 10000, original);
            RopeScaling inner = name switch
            {
                _ when name.Contains("NTK", StringComparison.Ordinal) => new NtkScaling(geometry, args.GetProperty("scaling_factor").GetDouble()),
                _ when name.Contains("YaRN", StringComparison.Ordinal) => new YarnScaling(geometry, (args.TryGetProperty("scale", out var s) ? s : args.GetProperty("scaling_factor")).GetDouble())
                {
                    BetaFast = args.GetProperty("beta_fast").GetDouble(),
                    BetaSlow = args.GetProperty("beta_slow").GetDouble(),
                },
                _ => new NoScaling(geometry),
            };

            var f = new ResonanceScaling(inner).At(length);
            numbers.Close(name + " wavelengths", GoldenNumbers.List(test.GetProperty("r_wavelengths")), [.. f.Wavelengths.Select(Math.Round)], 0);
            numbers.Close(name + " whole wavelengths", [.. f.Wavelengths.Select(Math.Round)], f.Wavelengths, 1e-12);
            numbers.Close(name, GoldenNumbers.List(test.GetProperty("r_inv_freq")), f.InverseFrequencies, 2e-6);
            numbers.Close(name + " mscale", 0, test.TryGetProperty("mscale", out var mscale) ? mscale.GetDouble() : 1, f.AttentionFactor, 1e-12);
            foreach (var position in (int[])[1, 7, 70])
            {
                var cos = new float[f.Pairs];
                var sin = new float[f.Pairs];
                RotaryAngles.Fill(f, position, 1, cos, sin);
                numbers.Close($"{name} cos {position}", GoldenNumbers.List(test.GetProperty($"cos_row_{position}")), [.. cos.Select(x => (double)x)], 0, 2e-6 + (1e-7 * position));
                numbers.Close($"{name} sin {position}", GoldenNumbers.List(test.GetProperty($"sin_row_{position}")), [.. sin.Select(x => (double)x)], 0, 2e-6 + (1e-7 * position));
            }
        }

        numbers.Finish(cases, 5);
    }

    [Fact]
    public void A_table_repeats_exactly_after_one_rounded_wavelength()
    {
        var f = new ResonanceScaling(new NoScaling(new RopeGeometry(32, 10000, 128))).At(128);
        var cos = new float[f.Pairs * 2];
        var sin = new float[f.Pairs * 2];
        for (var i = 0; i < 4; i++)
        {
            var wave = (long)Math.Round(f.Wavelengths[i]);
            RotaryAngles.Fill(f, [5, 5 + (1000 * wave)], cos, sin);
            Assert.Equal(cos[i], cos[f.Pairs + i], 1e-6f);
            Assert.Equal(sin[i], sin[f.Pairs + i], 1e-6f);
        }
    }

    [Fact]
    public void Pairs_that_do_not_turn_still_do_not()
    {
        var f = new ResonanceScaling(new ProportionalScaling(new RopeGeometry(8, 10000, 128), 0.5)).At(1);
        Assert.Equal([0.0, 0.0], f.InverseFrequencies[2..].ToArray());
        Assert.Equal(Math.Tau / 6, f.InverseFrequencies[0]);
    }
}
