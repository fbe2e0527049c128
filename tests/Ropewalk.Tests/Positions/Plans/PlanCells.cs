using System.Globalization;
using System.Text.Json;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Tests.Positions.Plans;

/// <summary>Reads a layout cell by cell, as its definition says, without the ranges of blocks.</summary>
internal static class PlanCells
{
    /// <summary>The distance at which query and key are compared, or null where the query does not see the key. A cell of two bands is an error.</summary>
    public static double? Distance(PlanLayout layout, long query, long key)
    {
        double? distance = null;
        foreach (var band in layout.Bands)
        {
            if (band.Keys(query).Contains(key))
            {
                Assert.True(distance is null, $"cell ({query}, {key}) is in two bands");
                distance = band.QueryPositions.At(query) - band.KeyPositions.At(key);
            }
        }

        return distance;
    }

    public static double?[] Row(PlanLayout layout, long query, int keys) => [.. Enumerable.Range(0, keys).Select(key => Distance(layout, query, key))];

    /// <summary>Compares with a recorded matrix, row i being query i; null is a cell that is not seen.</summary>
    public static void CompareMatrix(GoldenNumbers numbers, string testCase, PlanLayout layout, JsonElement matrix, double absolute)
    {
        var query = 0;
        foreach (var row in matrix.EnumerateArray())
        {
            CompareRow(numbers, $"{testCase} query {query}", layout, query, row, absolute);
            query++;
        }
    }

    public static void CompareRow(GoldenNumbers numbers, string testCase, PlanLayout layout, long query, JsonElement row, double absolute)
    {
        var key = 0;
        foreach (var cell in row.EnumerateArray())
        {
            var found = Distance(layout, query, key);
            if (cell.ValueKind is JsonValueKind.Null || found is null)
            {
                numbers.True(
                    cell.ValueKind is JsonValueKind.Null && found is null,
                    string.Create(CultureInfo.InvariantCulture, $"{testCase} key {key}: expected {cell}, found {found}"));
            }
            else
            {
                numbers.Close(testCase, key, cell.GetDouble(), found.Value, 0, absolute);
            }

            key++;
        }
    }
}
