namespace Ropewalk.Lab.Runs;

/// <summary>Maps values to pixels along one axis and chooses round ticks.</summary>
internal sealed class ChartScale
{
    private readonly ScaleKind kind;
    private readonly double low;
    private readonly double high;
    private readonly double from;
    private readonly double to;

    /// <summary>Spans the usable values among <paramref name="values"/>, with a margin; a lone value gets room on both sides.</summary>
    public ChartScale(ScaleKind kind, IEnumerable<double> values, double from, double to, double margin)
    {
        this.kind = kind;
        this.from = from;
        this.to = to;
        low = double.PositiveInfinity;
        high = double.NegativeInfinity;
        foreach (var value in values)
        {
            if (Usable(kind, value))
            {
                low = Math.Min(low, Transform(value));
                high = Math.Max(high, Transform(value));
            }
        }

        if (low > high)
        {
            (low, high) = (0, 1);
        }

        var room = high - low > 1e-9 * Math.Max(1, Math.Abs(high)) ? (high - low) * margin : kind == ScaleKind.Linear ? Math.Max(0.5, Math.Abs(high) * 0.1) : 0.5;
        low -= room;
        high += room;
    }

    /// <summary>Whether a value has a place on such an axis at all.</summary>
    public static bool Usable(ScaleKind kind, double value) =>
        double.IsFinite(value) && Math.Abs(value) < 1e300 && (kind == ScaleKind.Linear || value > 1e-300);

    /// <summary>The value's pixel.</summary>
    public double At(double value) => from + ((Transform(value) - low) / (high - low) * (to - from));

    /// <summary>Whether the value lies within the axis.</summary>
    public bool Contains(double value) => Usable(kind, value) && Transform(value) is var t && t >= low - 1e-9 && t <= high + 1e-9;

    /// <summary>About <paramref name="wanted"/> round values within the axis, ascending.</summary>
    public IReadOnlyList<double> Ticks(int wanted)
    {
        if (kind == ScaleKind.Log2)
        {
            var first = (int)Math.Ceiling(low - 1e-9);
            var last = (int)Math.Floor(high + 1e-9);
            if (last - first >= 1)
            {
                var step = Math.Max(1, (int)Math.Ceiling((last - first + 1) / (double)wanted));
                return [.. Enumerable.Range(first, last - first + 1).Where(e => (e - first) % step == 0).Select(e => Math.Pow(2, e))];
            }
        }

        if (kind == ScaleKind.Log10 && high - low > 0.25)
        {
            double[][] ladders = [[1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9], [1, 1.5, 2, 3, 4, 5, 7], [1, 2, 3, 5], [1, 2, 5], [1, 3], [1]];
            foreach (var ladder in ladders)
            {
                var ticks = new List<double>();
                for (var decade = Math.Floor(low); decade <= high; decade++)
                {
                    ticks.AddRange(ladder.Select(m => m * Math.Pow(10, decade)).Where(Contains));
                }

                if (ticks.Count <= wanted + 1)
                {
                    return ticks;
                }
            }

            var stride = (int)Math.Ceiling((high - low) / wanted);
            return [.. Enumerable.Range((int)Math.Ceiling(low), (int)(Math.Floor(high) - Math.Ceiling(low)) + 1)
                .Where(e => e % stride == 0).Select(e => Math.Pow(10, e))];
        }

        var (start, end) = (Inverse(low), Inverse(high));
        var raw = (end - start) / wanted;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var nice = (raw / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 } * power;
        var values = new List<double>();
        for (var k = Math.Ceiling((start / nice) - 1e-9); k * nice <= end + (nice * 1e-9) && values.Count < 50; k++)
        {
            // Rounded, so that 3 x 0.1 is labelled 0.3.
            values.Add(Math.Round(k * nice / power) * power);
        }

        return values;
    }

    private double Transform(double value) => kind switch
    {
        ScaleKind.Log2 => Math.Log2(value),
        ScaleKind.Log10 => Math.Log10(value),
        _ => value,
    };

    private double Inverse(double value) => kind switch
    {
        ScaleKind.Log2 => Math.Pow(2, value),
        ScaleKind.Log10 => Math.Pow(10, value),
        _ => value,
    };
}

/// <summary>How an axis spaces its values.</summary>
internal enum ScaleKind
{
    /// <summary>Evenly.</summary>
    Linear,

    /// <summary>By powers of two: lengths.</summary>
    Log2,

    /// <summary>By powers of ten.</summary>
    Log10,
}
