using Ropewalk.Positions;
using Ropewalk.Positions.Plans;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Tests.Positions.Plans;

public class DualChunkGoldenTests
{
    private static readonly string[] Branches = ["intra", "succ", "inter"];

    [SharedFact]
    public void Distances_and_branches_are_those_of_ChunkLlama()
    {
        var numbers = new GoldenNumbers();
        var cases = 0;
        foreach (var c in GoldenNumbers.Read("dca_positions.json").GetProperty("cases").EnumerateArray())
        {
            var plan = new DualChunkPlan(16, c.GetProperty("chunk_size").GetInt32(), c.GetProperty("local_window").GetInt32());
            var layout = plan.Causal();
            var chunkLength = c.GetProperty("chunk_len").GetInt32();
            PlanCells.CompareMatrix(numbers, plan.Spec, layout, c.GetProperty("matrix"), 0);
            numbers.Close(
                $"{plan.Spec} successive",
                GoldenNumbers.List(c.GetProperty("qc_positions")),
                [.. Enumerable.Range(0, chunkLength).Select(i => layout.Bands[1].QueryPositions.At(i))],
                0);
            var segments = c.GetProperty("segments");
            for (var i = 0; i < segments.GetArrayLength(); i++)
            {
                for (var j = 0; j < segments.GetArrayLength(); j++)
                {
                    var band = layout.Bands.SingleOrDefault(b => b.Keys(i).Contains(j));
                    var branch = band is null ? null : Branches[layout.Bands.IndexOf(band)];
                    numbers.True(branch == segments[i][j].GetString(), $"{plan.Spec} cell ({i}, {j}): expected {segments[i][j]}, found {branch}");
                }
            }

            cases++;
        }

        numbers.Finish(cases, 5);
    }

    [SharedFact]
    public void Positions_are_those_of_vLLM()
    {
        var numbers = new GoldenNumbers();
        var cases = 0;
        foreach (var c in GoldenNumbers.Read("dca_positions.json").GetProperty("vllm_fork").GetProperty("cases").EnumerateArray())
        {
            var layout = new DualChunkPlan(16, c.GetProperty("chunk_size").GetInt32(), c.GetProperty("local_size").GetInt32()).Causal();
            string[] names = ["q", "q_succ", "q_inter"];
            for (var band = 0; band < names.Length; band++)
            {
                Compare(names[band], layout.Bands[band].QueryPositions);
            }

            Compare("k", layout.Bands[0].KeyPositions);
            cases++;

            void Compare(string name, PositionMap map)
            {
                var found = new double[c.GetProperty("tokens").GetInt32()];
                map.Fill(0, found);
                numbers.Close(name, GoldenNumbers.List(c.GetProperty(name)), found, 0);
            }
        }

        numbers.Finish(cases, 2);
    }

    [SharedFact]
    public void Attention_over_the_bands_is_the_recorded_attention()
    {
        var example = GoldenNumbers.Read("dca_positions.json").GetProperty("attention_output_example");
        var (width, heads, tokens) = (example.GetProperty("head_dim").GetInt32(), example.GetProperty("heads").GetInt32(), example.GetProperty("tokens").GetInt32());
        var plan = new DualChunkPlan(
            example.GetProperty("max_position_embeddings").GetInt32(), example.GetProperty("chunk_size").GetInt32(), example.GetProperty("local_window").GetInt32());
        var frequencies = new NoScaling(new(width, example.GetProperty("base").GetDouble(), plan.OriginalContext)).At(tokens);
        var layout = plan.Causal();
        var (queries, keys, values) = (Rows("q"), Rows("k"), Rows("v"));
        var numbers = new GoldenNumbers();
        for (var head = 0; head < heads; head++)
        {
            for (var t = 0; t < tokens; t++)
            {
                var query = queries[t][(head * width)..((head + 1) * width)];
                var weights = new double[tokens];
                foreach (var band in layout.Bands)
                {
                    var seen = band.Keys(t);
                    for (var s = seen.First; s < seen.End; s++)
                    {
                        var rotatedQuery = Rotate(query, frequencies, band.QueryPositions.At(t));
                        var rotatedKey = Rotate(keys[s], frequencies, band.KeyPositions.At(s));
                        weights[s] = Math.Exp(rotatedQuery.Zip(rotatedKey, (q, k) => q * k).Sum() / Math.Sqrt(width));
                    }
                }

                var total = weights.Sum();
                var output = Enumerable.Range(0, width).Select(k => Enumerable.Range(0, tokens).Sum(s => weights[s] * values[s][k]) / total).ToArray();
                numbers.Close($"head {head} query {t}", Rows("output")[t][(head * width)..((head + 1) * width)], output, 1e-5, 1e-5);
            }
        }

        numbers.Finish(tokens, 14);

        double[][] Rows(string name) => [.. example.GetProperty(name).EnumerateArray().Select(GoldenNumbers.List)];
    }

    [SharedFact]
    public void ChunkLlamas_scale_is_the_square_of_its_mscale()
    {
        var numbers = new GoldenNumbers();
        var layout = new DualChunkPlan(1000, 800, 100, Scale: DualChunkScale.ChunkLlama).Causal();
        var values = GoldenNumbers.Read("dca_positions.json").GetProperty("mscale").GetProperty("values").EnumerateArray().ToArray();
        foreach (var value in values)
        {
            var (scale, mscale) = (value[0].GetDouble(), value[1].GetDouble());
            numbers.Close($"n/L = {scale}", 0, mscale * mscale, layout.QueryScale((long)(scale * 1000) - 1), 1e-12);
        }

        numbers.Finish(values.Length, 6);
    }

    [Fact]
    public void The_papers_variant_ends_one_before_the_codes()
    {
        // 2402.17463, figure 2: c = 10, s = 6; queries of the second chunk stand at 6 7 8 9 9 9 to the first, and of later ones at 9.
        var paper = new DualChunkPlan(10, 10, 4, DualChunkVariant.Paper);
        var bands = paper.Causal().Bands;
        Assert.Equal([6, 7, 8, 9, 9, 9], Enumerable.Range(6, 6).Select(i => bands[1].QueryPositions.At(i)));
        Assert.All(Enumerable.Range(12, 6), i => Assert.Equal(9, bands[2].QueryPositions.At(i)));
        Assert.Equal(PositionPlan.Unlimited, paper.LongestWindow);
        Assert.Equal(10, new DualChunkPlan(10, 10, 4).LongestWindow);
        Assert.Equal(PositionPlan.Unlimited, new DualChunkPlan(11, 10, 4).LongestWindow);
    }

    [Fact]
    public void Qwens_scale_begins_at_the_original_context()
    {
        var layout = new DualChunkPlan(1000, 800, 100, Scale: DualChunkScale.Qwen).Causal();
        Assert.Equal(1, layout.QueryScale(0));
        Assert.Equal(1, layout.QueryScale(999));
        Assert.Equal(1 + (0.1 * Math.Log(4)), layout.QueryScale(3999), 1e-12);
    }

    private static double[] Rotate(double[] vector, RopeFrequencies frequencies, double position)
    {
        var half = vector.Length / 2;
        var cos = new float[half];
        var sin = new float[half];
        RotaryAngles.Fill(frequencies, [position], cos, sin);
        var rotated = new double[vector.Length];
        for (var i = 0; i < half; i++)
        {
            rotated[i] = (vector[i] * cos[i]) - (vector[i + half] * sin[i]);
            rotated[i + half] = (vector[i] * sin[i]) + (vector[i + half] * cos[i]);
        }

        return rotated;
    }
}
