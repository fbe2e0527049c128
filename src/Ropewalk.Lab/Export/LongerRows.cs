using Ropewalk.Positions.Plans;

namespace Ropewalk.Lab.Export;

/// <summary>What each row of a longer table of learned positions is made of (2404.12096): rows before the first token's stay; the row of token i is a trained
/// row, or a mixture of two that follow each other.</summary>
/// <param name="first">Row of the first token.</param>
/// <param name="target">Tokens that the table is to hold.</param>
/// <param name="stretched">Mixes; null where rows are copied.</param>
/// <param name="copied">Which trained token's row a token copies, where nothing is mixed.</param>
internal sealed class LongerRows(int first, int target, InterpolatedTable? stretched, Func<int, int> copied)
{
    /// <summary>Rows of the longer table.</summary>
    public int Count => first + target;

    /// <summary>Whether rows are mixed.</summary>
    public bool IsMixed => stretched is not null;

    /// <summary>The trained row that a row is made of, and the share of the one after it, below 1.</summary>
    public (int Row, float NextShare) this[int row]
    {
        get
        {
            var token = row - first;
            if (token < 0)
            {
                return (row, 0);
            }

            var (place, share) = stretched?.Source(token) ?? (copied(token), 0);
            return (first + place, (float)share);
        }
    }
}
