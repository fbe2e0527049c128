using Ropewalk.Positions;
using Ropewalk.Positions.Plans;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Engine.Models.Encoders;

/// <summary>One encoder's positions under one method: angles and cells of a text's layers, and the rows that its tokens read from a learned table.</summary>
internal sealed class EncoderPositions
{
    // One pair that does not turn: attention needs no second way for positions that are in the rows already.
    private static readonly RopeFrequencies s_still = new([0.0]);

    private readonly NetworkSpec _spec;
    private readonly EncoderSpec _encoder;
    private readonly RopeScaling _scaling;
    private readonly PositionPlan _plan;
    private readonly InterpolatedTable? _table;
    private readonly bool _stretchesShortTexts;

    /// <summary>Checks the method against the model.</summary>
    /// <exception cref="UserInputException">It makes no sense for this model.</exception>
    public EncoderPositions(NetworkSpec spec, EncoderMethod method)
    {
        _spec = spec;
        _encoder = spec.Encoder!;
        _scaling = method.Scaling ?? spec.Rope.Scaling;
        _plan = method.Plan ?? new FullPlan(spec.Rope.Geometry.OriginalContext);
        if (_encoder.HasTable)
        {
            if (method.Scaling is not null and not NoScaling)
            {
                throw new UserInputException($"scaling {method.Scaling.Spec}: found a model with learned positions, expected one with rotary positions");
            }

            if (!HoldsForTables(_plan))
            {
                throw new UserInputException($"plan {_plan.Spec}: found a model with learned positions, expected full, grouped, recurrent or log-n for it: a row of the table cannot stand at a distance");
            }

            if (method.TableFactor > 1 && Unscaled(_plan) is not FullPlan)
            {
                throw new UserInputException($"plan {_plan.Spec}: found it with a table that is {method.TableFactor} times as long, expected one of the two");
            }

            _table = method.TableFactor > 1 ? new InterpolatedTable(_encoder.Window, method.TableFactor) : null;
        }
        else if (method.TableFactor > 1)
        {
            throw new UserInputException($"table:{method.TableFactor}: found a model with rotary positions, expected one with a table of learned positions");
        }

        _stretchesShortTexts = method.StretchesShortTexts;
        _plan.CheckScaling(_scaling);

        // A plan for causal models alone is refused here, before any text is run.
        _ = _plan.Bidirectional(1);
        IsChanged = method.Scaling is not null || method.Plan is not null || _table is not null;
    }

    /// <summary>Tokens of the longest text.</summary>
    public long Longest => _table?.Rows
        ?? (_encoder.HasTable ? (IsChanged ? _plan.LongestWindow : _encoder.Window) : IsChanged ? PositionPlan.Unlimited : _encoder.Window);

    private bool IsChanged { get; }

    /// <summary>Angles and cells of the layers that see the whole text.</summary>
    public RotaryTable Full(int length) => new(_encoder.HasTable ? s_still : _scaling.At(_plan.Reach(length)), _plan.Bidirectional(length), length);

    /// <summary>Those of the layers that see neighbours, which no method changes; null where there are none.</summary>
    public RotaryTable? Local(int length) => _spec.LocalRope is { } local && _spec.Windows.Max() is > 0 and var window
        ? new RotaryTable(local.Scaling.At(length), PlanLayout.Neighbours(length, window / 2), length)
        : null;

    /// <summary>For each token the row of the trained table that it reads, and how much of the row after it.</summary>
    public void Rows(int length, Span<(int Row, float NextShare)> rows)
    {
        var map = _plan.Bidirectional(length).Bands[0].KeyPositions;
        for (var i = 0; i < length; i++)
        {
            var (row, share) = _table is null ? ((int)map.At(i), 0) : _table.Source(_stretchesShortTexts ? i : _table.RowOf(i, length));
            rows[i] = (_encoder.FirstPosition + row, (float)share);
        }
    }

    private static PositionPlan Unscaled(PositionPlan plan) => plan is LogNPlan logN ? logN.Inner : plan;

    private static bool HoldsForTables(PositionPlan plan) => Unscaled(plan) is FullPlan or GroupedPlan or RecurrentPlan;
}
