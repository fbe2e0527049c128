using System.Collections.Immutable;

namespace Ropewalk.Positions.Plans;

/// <summary>Parallel context windows (2212.10947): B windows that do not see each other stand at the same positions, and the task after them
/// sees all of them and counts on from the length C of the longest. The sequence is <see cref="Segments"/>, the longest window first, then
/// the task. Every window begins with the same begin-of-text token, and only the longest window's is kept; it sees nothing but itself, so
/// the others read it at the distance of their own. (Embedders call the averaging of chunks by the same name: that is a way of pooling, no plan.)</summary>
/// <param name="OriginalContext">L.</param>
/// <param name="WindowLengths">Tokens of each window with its begin-of-text token, 1 to L - 1; at least one window.</param>
/// <param name="Indentation">Where shorter windows stand.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public sealed record ParallelWindowsPlan(int OriginalContext, ImmutableArray<int> WindowLengths, WindowIndentation Indentation = WindowIndentation.Left)
    : PositionPlan(OriginalContext)
{
    /// <summary>Tokens of each window.</summary>
    public ImmutableArray<int> WindowLengths { get; } = Checked(OriginalContext, WindowLengths);

    /// <summary>C, the position of the first task token: the length of the longest window.</summary>
    public int TaskPosition => WindowLengths.Max();

    /// <summary>Index of the first task token in the sequence: the tokens of all windows, less B - 1 begin-of-text tokens.</summary>
    public long TaskIndex => WindowLengths.Sum(length => (long)length) - (WindowLengths.Length - 1);

    /// <summary>The windows in the order of the sequence: the longest (the first of several), then the others as given.</summary>
    public ImmutableArray<WindowSegment> Segments
    {
        get
        {
            var longest = WindowLengths.IndexOf(TaskPosition);
            int[] order = [longest, .. Enumerable.Range(0, WindowLengths.Length).Where(window => window != longest)];
            var segments = ImmutableArray.CreateBuilder<WindowSegment>(order.Length);
            var first = 0L;
            foreach (var window in order)
            {
                var skipped = window == longest ? 0 : 1;
                var end = first + WindowLengths[window] - skipped;
                segments.Add(new(window, skipped, new(first, end), Indentation is WindowIndentation.Right ? TaskPosition - WindowLengths[window] : 0));
                first = end;
            }

            return segments.MoveToImmutable();
        }
    }

    /// <inheritdoc/>
    public override string Name => "parallel-windows";

    /// <inheritdoc/>
    public override string Spec => SpecText.OfOptions(
        Name,
        ("windows", string.Join('/', WindowLengths), null),
        ("indent", Indentation is WindowIndentation.Right ? "right" : "left", "left"));

    /// <summary>True when all parameters are equal.</summary>
    public bool Equals(ParallelWindowsPlan? other) =>
        other is not null
        && OriginalContext == other.OriginalContext
        && Indentation == other.Indentation
        && WindowLengths.AsSpan().SequenceEqual(other.WindowLengths.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(OriginalContext, Indentation, WindowLengths.Length, TaskIndex);

    /// <inheritdoc/>
    public override PlanLayout Causal()
    {
        var segments = Segments;
        var (task, taskPosition, sharedFirst) = (TaskIndex, TaskPosition, segments[0].Range.End);
        WindowSegment At(long index) => segments[Find(segments, index)];
        var positions = new PositionMap(index => index >= task ? taskPosition + (index - task) : At(index).Shift + At(index).Place(index));
        var own = new PositionBand(positions, positions, query => query >= task ? task : At(query).Range.First, query => Math.Min(task, query + 1));
        var whole = new PositionBand(positions, positions, _ => 0, query => query >= task ? query + 1 : 0);
        if (task == sharedFirst)
        {
            return new([own, whole]);
        }

        // The dropped begin-of-text token stood at place 0 of its window, the kept one stands at position 0: the place is the distance.
        var places = new PositionMap(query => query >= task ? taskPosition + (query - task) : At(query).Place(query));
        var begin = new PositionBand(places, positions, query => query >= task ? 1 : 0, query => query >= sharedFirst ? 1 : 0);
        return new([own, begin, whole]);
    }

    /// <inheritdoc/>
    protected override long ComputeReach(long length) => Math.Min(length, TaskPosition + Math.Max(0, length - TaskIndex));

    internal static ParallelWindowsPlan FromSpec(int originalContext, SpecArguments spec) => new(
        originalContext,
        spec.RequiredWholes("windows"),
        spec.Choice("indent", ("left", WindowIndentation.Left), ("right", WindowIndentation.Right)));

    // The last segment that begins at or before the index: empty ones share their beginning with the next and are passed over.
    private static int Find(ImmutableArray<WindowSegment> segments, long index)
    {
        var (low, high) = (0, segments.Length);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = segments[middle].Range.First <= index ? (middle, high) : (low, middle);
        }

        return low;
    }

    private static ImmutableArray<int> Checked(int originalContext, ImmutableArray<int> lengths)
    {
        if (lengths.IsDefaultOrEmpty)
        {
            throw new UserInputException("windows: found none, expected at least one");
        }

        for (var i = 0; i < lengths.Length; i++)
        {
            Require.Between($"windows[{i}]", lengths[i], 1, originalContext - 1, "the original context less one token of the task");
        }

        return lengths;
    }
}
