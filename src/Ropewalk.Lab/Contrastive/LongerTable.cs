using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Export;
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

        var stretched = kind == Interpolated ? new InterpolatedTable(window, to / window) : null;
        Fill(model.PositionTable, longer.PositionTable!, new LongerRows(first, to, stretched, token => token % window));
        isTrained = [.. Enumerable.Range(-first, first + to).Select(token => stretched is null ? token < window : token < 0 || token % stretched.Factor == 0)];
        model.Dispose();
        return longer;
    }

    private static void Fill(Parameter from, Parameter to, LongerRows rows)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            var (source, share) = rows[row];
            var target = to.RowSpan(row, 1);
            from.RowSpan(source, 1).CopyTo(target);
            if (share > 0)
            {
                InterpolatedTable.Mix(target, from.RowSpan(source + 1, 1), share);
            }
        }

        to.Changed();
    }

    private static void Copy(Parameter from, Parameter to)
    {
        for (var row = 0; row < to.Rows; row++)
        {
            from.RowSpan(row, 1).CopyTo(to.RowSpan(row, 1));
        }

        to.Changed();
    }
}
