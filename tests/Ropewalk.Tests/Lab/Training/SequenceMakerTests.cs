using Ropewalk.Lab.Data;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Lab.Training;

public sealed class SequenceMakerTests
{
    private static readonly RopeGeometry s_geometry = new(8, 10000, 16);
    private static readonly RopeFrequencies s_original = new(s_geometry.InverseFrequencies());
    private static readonly RopeFrequencies s_long = new(s_geometry.InverseFrequencies(), 1.2);

    [Fact]
    public void Each_round_goes_through_all_stretches_once()
    {
        var source = new StretchSource([new TokenDocument("numbers", [.. Enumerable.Range(0, 1000)])], null, 30, 3);
        foreach (var round in (int[])[0, 1, 7])
        {
            var starts = new List<int>();
            for (var i = 0; i < source.NumStretches; i++)
            {
                var stretch = source.Stretch(((long)round * source.NumStretches) + i, out var start);
                Assert.Equal(Enumerable.Range(start, 31), stretch.ToArray());
                starts.Add(start);
            }

            Assert.Equal(source.NumStretches, starts.Distinct().Count());
            Assert.NotEqual(starts.Order(), starts);
            Assert.True(starts.Max() - starts.Min() == 30 * (source.NumStretches - 1));
        }

        // Any of them may be asked for at any time.
        var first = source.Stretch(5, out _).ToArray();
        _ = source.Stretch(500, out _);
        Assert.Equal(first, source.Stretch(5, out _).ToArray());
    }

    [Fact]
    public void Skipped_positions_are_those_of_the_pieces()
    {
        var settings = new TrainingSettings { Steps = 1, Window = 16, LearningRate = 1, SkipsTo = 64, Seed = 2 };
        var source = new StretchSource([new TokenDocument("numbers", [.. Enumerable.Range(0, 5000)])], null, SequenceMaker.StretchOf(settings), 3);
        using var maker = new SequenceMaker(settings, source, s_original, 16);
        var skips = new HashSet<double>();
        for (var n = 0; n < 200; n++)
        {
            var sequence = maker.Make(n, s_long);
            Assert.Equal(16, sequence.Tokens.Length);
            var positions = Enumerable.Range(0, 16).Select(i => sequence.Rotary.KeyMap(0).At(i)).ToArray();
            var jump = Array.FindIndex(sequence.Targets, t => t < 0);
            for (var i = 0; i < 16; i++)
            {
                Assert.Equal(i == jump ? -1 : sequence.Tokens[i] + 1, sequence.Targets[i]);
                Assert.True(i == 0 || sequence.Tokens[i] == sequence.Tokens[i - 1] + 1 || i == jump + 1);
                Assert.True(i == 0 || positions[i] == positions[i - 1] + 1 || positions[i] > positions[i - 1]);
            }

            Assert.Equal(0, positions[0]);
            Assert.InRange(positions[15], 15, 63);
            skips.Add(positions[15] - 15);
        }

        // Draws of 0 to 48, both ends included.
        Assert.Contains(0, skips);
        Assert.Contains(48, skips);
        Assert.True(skips.Count > 40);
    }

    [Fact]
    public void Short_sequences_keep_the_original_encoding_and_see_their_document_alone()
    {
        var settings = new TrainingSettings { Steps = 1, Window = 60, LearningRate = 1, OriginalShare = 0.5, Seed = 2 };
        var documents = Enumerable.Range(0, 40).Select(d => new TokenDocument($"{d}", [.. Enumerable.Range(0, 11).Select(i => i + (d * 20))])).ToList();
        var source = new StretchSource(documents, 900, SequenceMaker.StretchOf(settings), 3);
        using var maker = new SequenceMaker(settings, source, s_original, 16);
        var sequences = Enumerable.Range(0, 60).Select(n => maker.Make(n, s_long)).ToList();
        Assert.InRange(sequences.Count(s => s.Tokens.Length == 16), 15, 45);
        foreach (var sequence in sequences)
        {
            if (sequence.Tokens.Length == 60)
            {
                Assert.Equal(1.2, sequence.Rotary.Frequencies.AttentionFactor);
                Assert.Null(sequence.DocumentStarts);
                Assert.True(sequence.TrainsRotary);
                continue;
            }

            Assert.Equal(1, sequence.Rotary.Frequencies.AttentionFactor);
            Assert.False(sequence.TrainsRotary);
            for (var i = 0; i < 16; i++)
            {
                // A document ends with token 900, which is its own.
                var start = Array.LastIndexOf(sequence.Tokens, 900, Math.Max(0, i - 1), Math.Max(1, i));
                Assert.Equal(i == 0 ? 0 : start + 1, sequence.DocumentStarts![i]);
            }
        }
    }
}
