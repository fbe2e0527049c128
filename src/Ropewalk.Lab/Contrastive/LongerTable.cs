using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Training;
using Ropewalk.Positions;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Lab.Contrastive;

/// <summary>An encoder with a longer table of learned positions (2404.12096): the trained rows and new ones, which begin as copies of them, over and over
/// ("recurrent"), or as what lies between two of them ("interpolated").</summary>
public static class LongerTable
{
    /// <summary>Name of the table that begins anew after the window: texts that fitted before are embedded as before.</summary>
    public const string Recurrent = "recurrent";

    /// <summary>Name of the table whose trained rows stand at multiples of how much longer it is.</summary>
    public const string Interpolated = "interpolated";

    /// <summary>Makes the longer model.</summary>
    /// <param name="model">The model as trained, which has a table; disposed of.</param>
    /// <param name="config">Its config.json; gets the new length.</param>
    /// <param name="to">Positions of the new table.</param>
    /// <param name="kind">Which table.</param>
    /// <param name="isTrained">For each row of the new table whether it is a trained one.</param>
    /// <exception cref="UserInputException">The length or the kind does not fit.</exception>
    public static TrainableModel Extend(TrainableModel model, JsonObject config, int to, string kind, out bool[] isTrained)
    {
        var first = model.FirstPositionRow;
        var window = model.PositionTable!.Rows - first;
        if (kind is not (Recurrent or Interpolated))
        {
            throw new UserInputException($"--table: found \"{kind}\", expected {Recurrent} or {Interpolated}");
        }

        if (to < window || (kind == Interpolated && to % window != 0))
        {
            throw new UserInputException($"--to: found {to}, expected {(to < window ? $"at least the model's {window} positions" : $"a multiple of the model's {window} positions for an interpolated table")}");
        }

        config["max_position_embeddings"] = first + to;
        using var parsed = JsonDocument.Parse(config.ToJsonString());
        var longer = TrainableModel.CreateEncoder(parsed.RootElement, "config.json");
        var before = model.Parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);
        foreach (var parameter in longer.Parameters.Where(p => p != longer.PositionTable))
        {
            Copy(before[parameter.Name], parameter);
        }

        isTrained = Fill(model.PositionTable, longer.PositionTable!, first, kind == Interpolated ? new InterpolatedTable(window, to / window) : null);
        model.Dispose();
        return longer;
    }

    private static bool[] Fill(Parameter from, Parameter to, int first, InterpolatedTable? table)
    {
        var isTrained = new bool[to.Rows];
        var window = from.Rows - first;
        for (var row = 0; row < to.Rows; row++)
        {
            var place = row - first;
            var (source, share) = place < 0 ? (row, 0) : table is null ? (first + (place % window), 0) : Shifted(table.Source(place), first);
            var target = to.RowSpan(row, 1);
            from.RowSpan(source, 1).CopyTo(target);
            isTrained[row] = table is null ? place < window : place < 0 || place % table.Factor == 0;
            if (share > 0)
            {
                var next = from.RowSpan(source + 1, 1);
                for (var i = 0; i < target.Length; i++)
                {
                    target[i] = (float)(((1 - share) * target[i]) + (share * next[i]));
                }
            }
        }

        to.Changed();
        return isTrained;
    }

    private static (int Row, double Share) Shifted((int Anchor, double NextShare) source, int first) => (first + source.Anchor, source.NextShare);

    private static void Copy(Parameter from, Parameter to)
    {
        for (var row = 0; row < to.Rows; row++)
        {
            from.RowSpan(row, 1).CopyTo(to.RowSpan(row, 1));
        }

        to.Changed();
    }
}
