namespace Ropewalk.Positions.Plans;

/// <summary>Layouts of one band, which several plans end in.</summary>
internal static class Layouts
{
    /// <summary>Every token sees itself and all before it; queries and keys share their positions.</summary>
    public static PlanLayout Causal(PositionMap positions) => new([new(positions, positions, _ => 0, query => query + 1)]);

    /// <summary>Every token sees all of the text; queries and keys share their positions.</summary>
    public static PlanLayout Bidirectional(PositionMap positions, long length) => new([new(positions, positions, _ => 0, _ => length)]);
}
