using System.Collections.Immutable;
using System.Text.Json;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Tests.Positions.Scaling;

/// <summary>What the released LongRoPE code and its published tables give.</summary>
public class LongRopeGoldenTests
{
    [SharedFact]
    public void Seeds_modules_and_rows_of_the_released_code_are_met()
    {
        var numbers = new GoldenNumbers();
        var cases = 0;
        foreach (var test in GoldenNumbers.Read("longrope_rope.json").GetProperty("cases").EnumerateArray())
        {
            cases++;
            var name = test.GetProperty("name").GetString()!;
            var geometry = new RopeGeometry(
                test.GetProperty("dim").GetInt32(), test.GetProperty("base").GetDouble(), test.GetProperty("original").GetInt32());
            if (name.StartsWith("search_init", StringComparison.Ordinal))
            {
                CheckSeed(numbers, name, test, geometry);
            }
            else if (name == "forward_cos_sin_small")
            {
                CheckRows(numbers, name, test, geometry);
            }
            else
            {
                CheckModule(numbers, name, test, geometry);
            }
        }

        numbers.Finish(cases, 16);
    }

    [SharedFact]
    public void All_published_tables_are_valid_and_evaluate()
    {
        var numbers = new GoldenNumbers();
        var cases = 0;
        foreach (var table in GoldenNumbers.Read("longrope_official_factors.json").GetProperty("tables").EnumerateObject())
        {
            cases++;
            ImmutableArray<double> factors = [.. GoldenNumbers.List(table.Value.GetProperty("factors"))];
            var monotone = factors.Zip(factors.Skip(1)).All(p => p.First <= p.Second);
            numbers.True(monotone == table.Value.GetProperty("monotone").GetBoolean(), $"{table.Name}: monotone is {monotone}");

            var mistral = table.Name.Contains("mis", StringComparison.Ordinal);
            var geometry = new RopeGeometry(128, 10000, mistral ? 8192 : 4096);
            var f = new LongRopeScaling(geometry, [new(2097152, factors)]).At(2097152);
            numbers.Close(table.Name, factors, f.RescaleFactors(geometry), 1e-14);
            numbers.Close(table.Name + " angle", [.. factors.Select((l, i) => Math.Pow(10000, -i / 64.0) / l)], f.InverseFrequencies, 1e-14);
        }

        numbers.Finish(cases, 30);
    }

    [SharedFact]
    public void The_published_tables_are_the_ones_that_the_paper_describes()
    {
        var tables = GoldenNumbers.Read("longrope_official_factors.json").GetProperty("tables");
        var la2 = GoldenNumbers.List(tables.GetProperty("256k_la2_128k").GetProperty("factors"));
        Assert.Equal(18, la2.Count(l => l == 1));
        Assert.Equal(64, la2.Max());
        Assert.Equal(575.81, GoldenNumbers.List(tables.GetProperty("2048k_la2_256k").GetProperty("factors")).Max(), 0.005);
    }

    [SharedFact]
    public void Initial_tables_of_the_older_branch_are_valid_and_four_are_the_mask_seed()
    {
        var numbers = new GoldenNumbers();
        var cases = 0;
        var geometry = new RopeGeometry(128, 10000, 4096);
        foreach (var table in GoldenNumbers.Read("longrope_branch_init_factors.json").GetProperty("tables").EnumerateObject())
        {
            cases++;
            ImmutableArray<double> factors = [.. GoldenNumbers.List(table.Value)];
            var scale = int.Parse(table.Name[(table.Name.LastIndexOf('_') + 1)..^1], System.Globalization.CultureInfo.InvariantCulture);
            var f = new LongRopeScaling(geometry, [new(4096 * scale, factors)]).At(4096);
            numbers.Close(table.Name, factors, f.RescaleFactors(geometry), 1e-14);

            // The tables from 2x to 32x were made otherwise (rounded to 2 or 4 digits, the 32x one by a search).
            if (scale >= 40)
            {
                numbers.Close(table.Name + " seed", factors, LongRopeSeeds.YarnMask(geometry, scale), 2e-6);
            }
            else
            {
                numbers.True(Math.Abs(factors[^1] - scale) < 0.02 * scale, $"{table.Name}: last factor {factors[^1]}");
            }
        }

        numbers.Finish(cases, 9);
    }

    private static void CheckSeed(GoldenNumbers numbers, string name, JsonElement test, RopeGeometry geometry)
    {
        var scale = test.GetProperty("scale").GetDouble();
        var fast = test.GetProperty("beta_fast").GetDouble();
        var slow = test.GetProperty("beta_slow").GetDouble();
        numbers.Close(name + " mask", GoldenNumbers.List(test.GetProperty("inv_freq_mask")), YarnRamp.Mask(geometry, fast, slow), 0, 1e-6);
        numbers.Close(name + " seed", GoldenNumbers.List(test.GetProperty("init_factors")), LongRopeSeeds.YarnMask(geometry, scale, fast, slow), 2e-6);
        var yarn = new YarnScaling(geometry, scale) { BetaFast = fast, BetaSlow = slow }.At(0);
        numbers.Close(name + " yarn", GoldenNumbers.List(test.GetProperty("yarn_inv_freq")), yarn.InverseFrequencies, 2e-6);
        numbers.Close(name + " yarn mscale", 0, test.GetProperty("yarn_mscale").GetDouble(), yarn.AttentionFactor, 1e-12);

        // YaRN written as rescale factors is YaRN, also inside the ramp, where the mask seed is not.
        var exact = new LongRopeScaling(geometry, [new(1 << 20, LongRopeSeeds.Yarn(geometry, scale, fast, slow))]).At(0);
        numbers.Close(name + " yarn factors", yarn.InverseFrequencies, exact.InverseFrequencies, 1e-14);
    }

    private static void CheckModule(GoldenNumbers numbers, string name, JsonElement test, RopeGeometry geometry)
    {
        var table = GoldenNumbers.Read("longrope_official_factors.json").GetProperty("tables").GetProperty("256k_la2_128k");
        ImmutableArray<double> factors = [.. GoldenNumbers.List(table.GetProperty("factors"))];
        var maximum = test.GetProperty("max_position_embeddings").GetInt32();
        var scale = (double)maximum / geometry.OriginalContext;
        var attention = test.GetProperty("magnitude_scaling_policy").GetString() switch
        {
            "su" => AttentionFactors.Su(scale, geometry.OriginalContext),
            "yarn" => AttentionFactors.Yarn(scale),
            var number => double.Parse(number!, System.Globalization.CultureInfo.InvariantCulture),
        };
        RopeScaling scaling = name.StartsWith("Dynamic", StringComparison.Ordinal)
            ? new DynamicLongRopeScaling(geometry, factors, scale, attention)
            : new LongRopeScaling(geometry, [new(maximum, factors, attention)]);
        var f = scaling.At(test.GetProperty("seq_len").GetInt64());
        numbers.Close(name, GoldenNumbers.List(test.GetProperty("inv_freq")), f.InverseFrequencies, 2e-6);
        numbers.Close(name + " mscale", 0, test.GetProperty("mscale").GetDouble(), f.AttentionFactor, 1e-12);
    }

    private static void CheckRows(GoldenNumbers numbers, string name, JsonElement test, RopeGeometry geometry)
    {
        var attention = AttentionFactors.Su(4, geometry.OriginalContext);
        numbers.Close(name + " mscale", 0, test.GetProperty("mscale").GetDouble(), attention, 1e-12);
        var f = new LongRopeScaling(geometry, [new(64, [.. GoldenNumbers.List(test.GetProperty("rescale_factors"))], attention)]).At(64);
        long[] positions = [.. test.GetProperty("positions").EnumerateArray().Select(p => p.GetInt64())];
        var cos = new float[positions.Length * f.Pairs];
        var sin = new float[positions.Length * f.Pairs];
        RotaryAngles.Fill(f, positions, cos, sin);
        for (var row = 0; row < positions.Length; row++)
        {
            // The recorded rows repeat their 4 pairs.
            double[] expectedCos = GoldenNumbers.List(test.GetProperty("cos")[row]);
            double[] expectedSin = GoldenNumbers.List(test.GetProperty("sin")[row]);
            double[] foundCos = [.. cos[(row * 4)..((row * 4) + 4)].Select(x => (double)x)];
            double[] foundSin = [.. sin[(row * 4)..((row * 4) + 4)].Select(x => (double)x)];
            numbers.Close($"{name} cos {positions[row]}", expectedCos, [.. foundCos, .. foundCos], 0, 1e-5);
            numbers.Close($"{name} sin {positions[row]}", expectedSin, [.. foundSin, .. foundSin], 0, 1e-5);
        }
    }
}
