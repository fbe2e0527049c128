namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Methods of lists and tuples. Of those that change a list there are append and pop, which templates in use need, though
/// the sandbox of today's Hugging Face refuses them; a list of the caller is never reached, only the rendering's own.</summary>
internal static class ListMethods
{
    /// <summary>Their names.</summary>
    public const string Supported = "append, count, index, pop";

    /// <summary>A method of a list or tuple, or null.</summary>
    public static FunctionValue? Find(ListValue list, string name) => (list.Kind, name) switch
    {
        (SequenceKind.List, "append") => new FunctionValue(name, (run, arguments) =>
        {
            run.CreateItems(1);
            list.Items.Add(arguments.Bind(run, name, 1, "object")[0]!);
            return NoneValue.Instance;
        }),
        (SequenceKind.List, "pop") => new FunctionValue(name, (run, arguments) => Pop(run, list.Items, arguments)),
        (SequenceKind.List or SequenceKind.Tuple, "count") => new FunctionValue(name, (run, arguments) =>
        {
            var item = arguments.Bind(run, name, 1, "value")[0]!;
            return IntValue.Of(Iteration.Items(run, list).Count(i => Comparison.AreEqual(run, i, item)));
        }),
        (SequenceKind.List or SequenceKind.Tuple, "index") => new FunctionValue(name, (run, arguments) =>
        {
            var item = arguments.Bind(run, name, 1, "value")[0]!;
            var at = Iteration.Items(run, list).FindIndex(i => Comparison.AreEqual(run, i, item));
            return at >= 0 ? IntValue.Of(at) : throw run.Fail($"index: the {list.TypeName} has no such item");
        }),
        _ => null,
    };

    private static JinjaValue Pop(Evaluation run, List<JinjaValue> items, CallArguments arguments)
    {
        var given = arguments.Bind(run, "pop", 0, "index")[0];
        var index = given is null ? -1 : Numbers.ToInteger(given) ?? throw run.Fail($"pop: found a {given.TypeName}, expected a whole number");
        var at = index < 0 ? index + items.Count : index;
        if (at < 0 || at >= items.Count)
        {
            throw run.Fail($"pop: the list has {items.Count} items and no item {index}");
        }

        run.Step(items.Count - at);
        var item = items[(int)at];
        items.RemoveAt((int)at);
        return item;
    }
}
