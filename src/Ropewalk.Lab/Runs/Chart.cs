namespace Ropewalk.Lab.Runs;

/// <summary>A chart's contents; <see cref="SvgChart"/> draws it.</summary>
internal sealed record Chart
{
    /// <summary>Unique within the page; makes the ids of title and description.</summary>
    public required string Id { get; init; }

    /// <summary>The name that a screen reader says.</summary>
    public required string Title { get; init; }

    /// <summary>What it shows, in a sentence.</summary>
    public required string Description { get; init; }

    /// <summary>Below the x axis.</summary>
    public required string XLabel { get; init; }

    /// <summary>Above the y axis.</summary>
    public required string YLabel { get; init; }

    /// <summary>Spacing of x.</summary>
    public ScaleKind XKind { get; init; }

    /// <summary>Spacing of y.</summary>
    public ScaleKind YKind { get; init; }

    /// <summary>The lines, in drawing order.</summary>
    public required IReadOnlyList<ChartSeries> Series { get; init; }

    /// <summary>Vertical lines with a label.</summary>
    public IReadOnlyList<(double X, string Label)> Marks { get; init; } = [];

    /// <summary>Labels of a second x axis on top, and its name.</summary>
    public IReadOnlyList<(double X, string Label)> TopTicks { get; init; } = [];

    /// <summary>Name of the second x axis.</summary>
    public string TopLabel { get; init; } = "";
}

/// <summary>One line or cloud of a chart.</summary>
/// <param name="Name">Its label.</param>
/// <param name="Colour">0 to 7, the style sheet's classes; 0 is the winner's.</param>
/// <param name="Shape">Line, steps or dots.</param>
/// <param name="Role">Decides weight and dashes.</param>
/// <param name="Points">Ascending in x; whatever the scales cannot show is left out.</param>
internal sealed record ChartSeries(string Name, int Colour, SeriesShape Shape, MethodRole Role, IReadOnlyList<ChartPoint> Points);

/// <summary>A point, its interval, and what the pointer sees on it.</summary>
internal readonly record struct ChartPoint(double X, double Y, double Low, double High, string Tip);

/// <summary>How a series is drawn.</summary>
internal enum SeriesShape
{
    /// <summary>Straight lines with markers.</summary>
    Line,

    /// <summary>Holds its value until the next point.</summary>
    Steps,

    /// <summary>Faint dots, no label.</summary>
    Dots,
}
