using System.Text.Json;
using Ropewalk.Positions;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Tests.Positions.Plans;

public class LongEmbedPositionsGoldenTests
{
    [SharedFact]
    public void Position_ids_are_those_of_every_mode()
    {
        var numbers = new GoldenNumbers();
        var cases = 0;
        foreach (var c in GoldenNumbers.Read("longembed_positions.json").GetProperty("position_ids").EnumerateArray())
        {
            var (mode, length) = (c.GetProperty("mode").GetString()!, c.GetProperty("input_length_padded").GetInt32());
            var (original, longest) = (c.GetProperty("max_original_positions").GetInt32(), c.GetProperty("encode_max_length").GetInt32());
            var found = new double[length];
            switch (mode)
            {
                case "original":
                    Fill(new FullPlan(original));
                    break;
                case "recurrent":
                    Fill(new RecurrentPlan(original, original));
                    break;
                case "group":
                    Fill(new GroupedPlan(original));
                    break;
                case "interpolate":
                    var table = new InterpolatedTable(original, longest / original);
                    found = [.. Enumerable.Range(0, length).Select(i => (double)table.RowOf(i, length))];
                    break;
                default:
                    throw new InvalidOperationException(mode);
            }

            // A long list is recorded by its first six and its last four ids.
            var ids = c.GetProperty("position_ids").EnumerateArray().ToArray();
            var cut = Array.FindIndex(ids, id => id.ValueKind is JsonValueKind.String);
            var (head, tail) = cut < 0 ? (ids, []) : (ids[..cut], ids[(cut + 1)..]);
            numbers.Close($"{mode} {length}", [.. head.Select(id => id.GetDouble())], cut < 0 ? found : found[..head.Length], 0);
            numbers.Close($"{mode} {length} end", [.. tail.Select(id => id.GetDouble())], found[^tail.Length..], 0);
            cases++;

            void Fill(PositionPlan plan) => Assert.Single(plan.Bidirectional(length).Bands).KeyPositions.Fill(0, found);
        }

        numbers.Finish(cases, 9);
    }

    [Fact]
    public void The_stretched_table_keeps_every_trained_row()
    {
        var table = new InterpolatedTable(3, 4);
        Assert.Equal(12, table.Rows);
        Assert.Equal([(0, 0), (0, 0.25), (0, 0.5), (0, 0.75), (1, 0), (1, 0.25), (1, 0.5), (1, 0.75), (2, 0), (2, 0), (2, 0), (2, 0)], Enumerable.Range(0, 12).Select(table.Source));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Source(12));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Source(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.RowOf(0, 13));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.RowOf(5, 5));
        Assert.Equal(
            "factor: found 2147483647, expected a whole number of at least 1 and at most 1073741823 (the most that can be counted)",
            Assert.Throws<UserInputException>(() => new InterpolatedTable(2, int.MaxValue)).Message);
    }
}
