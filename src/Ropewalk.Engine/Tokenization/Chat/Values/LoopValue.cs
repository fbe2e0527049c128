namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>The name "loop" inside of a loop's body.</summary>
/// <param name="items">What the loop goes through.</param>
internal sealed class LoopValue(List<JinjaValue> items) : JinjaValue
{
    /// <summary>The attributes there are.</summary>
    public const string Attributes = "index, index0, revindex, revindex0, first, last, length, previtem, nextitem, depth, depth0, cycle";

    /// <summary>The turn, from 0.</summary>
    public int Index { get; set; }

    /// <inheritdoc/>
    public override string TypeName => "loop";

    /// <inheritdoc/>
    public override bool IsTrue => true;

    /// <summary>An attribute, or null if there is none of that name.</summary>
    public JinjaValue? Get(string name) => name switch
    {
        "index" => IntValue.Of(Index + 1),
        "index0" => IntValue.Of(Index),
        "revindex" => IntValue.Of(items.Count - Index),
        "revindex0" => IntValue.Of(items.Count - Index - 1),
        "first" => BoolValue.Of(Index == 0),
        "last" => BoolValue.Of(Index == items.Count - 1),
        "length" => IntValue.Of(items.Count),
        "previtem" => Index > 0 ? items[Index - 1] : new UndefinedValue("there is no previous item"),
        "nextitem" => Index < items.Count - 1 ? items[Index + 1] : new UndefinedValue("there is no next item"),

        // Only recursive loops, which are not supported, are deeper.
        "depth" => IntValue.Of(1),
        "depth0" => IntValue.Of(0),
        "cycle" => new FunctionValue("loop.cycle", Cycle),
        _ => null,
    };

    private JinjaValue Cycle(Evaluation run, CallArguments arguments) => arguments switch
    {
        { Named.Count: > 0 } or { Positional.Count: 0 } => throw run.Fail("loop.cycle() takes values, at least one"),
        _ => arguments.Positional[Index % arguments.Positional.Count],
    };
}
