namespace Ropewalk.Engine.Tokenization;

/// <summary>What becomes of the matches when a text is split at them.</summary>
internal enum SplitBehavior
{
    /// <summary>They are dropped.</summary>
    Removed,

    /// <summary>Each is a piece.</summary>
    Isolated,

    /// <summary>Matches that touch are one piece.</summary>
    Contiguous,

    /// <summary>Each belongs to the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>Each belongs to the piece after it.</summary>
    MergedWithNext,
}

/// <summary>Applies a <see cref="SplitBehavior"/> to the stretches that a scanner found.</summary>
internal static class SplitBehaviors
{
    public static SplitBehavior Read(JsonField field) => field.String() switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "Contiguous" => SplitBehavior.Contiguous,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        _ => throw field.Error("Removed, Isolated, Contiguous, MergedWithPrevious or MergedWithNext"),
    };

    /// <summary>Rewrites <paramref name="stretches"/> in place into the pieces that remain.</summary>
    public static void Apply(SplitBehavior behavior, List<Stretch> stretches)
    {
        switch (behavior)
        {
            case SplitBehavior.Removed:
                stretches.RemoveAll(s => s.IsMatch);
                break;
            case SplitBehavior.Contiguous:
                Merge(stretches, (last, next) => last.IsMatch == next.IsMatch);
                break;
            case SplitBehavior.MergedWithPrevious:
                Merge(stretches, (last, next) => next.IsMatch && !last.IsMatch);
                break;
            case SplitBehavior.MergedWithNext:
                stretches.Reverse();
                Merge(stretches, (last, next) => next.IsMatch && !last.IsMatch);
                stretches.Reverse();
                break;
            default:
                break;
        }
    }

    /// <summary>Joins neighbours; the joined stretch takes the kind of the one that came last.</summary>
    private static void Merge(List<Stretch> stretches, Func<Stretch, Stretch, bool> joins)
    {
        var count = 0;
        foreach (var next in stretches.ToArray())
        {
            if (count > 0 && joins(stretches[count - 1], next))
            {
                var last = stretches[count - 1];
                stretches[count - 1] = new Stretch(Math.Min(last.Start, next.Start), Math.Max(last.End, next.End), next.IsMatch);
            }
            else
            {
                stretches[count++] = next;
            }
        }

        stretches.RemoveRange(count, stretches.Count - count);
    }
}
