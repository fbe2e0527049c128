namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Methods of maps. None changes a map: the sandbox that Hugging Face uses forbids that too.</summary>
internal static class MapMethods
{
    /// <summary>Their names.</summary>
    public const string Supported = "get, items, keys, values";

    /// <summary>A method of a map, or null.</summary>
    public static FunctionValue? Find(MapValue map, string name) => name switch
    {
        "get" => new FunctionValue(name, (run, arguments) => Get(run, map, arguments)),
        "items" => View(name, SequenceKind.Items, map, i => ListValue.Tuple(i.Key, i.Value)),
        "keys" => View(name, SequenceKind.Keys, map, i => i.Key),
        "values" => View(name, SequenceKind.Values, map, i => i.Value),
        _ => null,
    };

    private static FunctionValue View(string name, SequenceKind kind, MapValue map, Func<KeyValuePair<JinjaValue, JinjaValue>, JinjaValue> part) => new(name, (run, arguments) =>
    {
        arguments.Bind(run, name, 0);
        run.CreateItems(map.Count);
        return new ListValue([.. map.Items.Select(part)], kind);
    });

    private static JinjaValue Get(Evaluation run, MapValue map, CallArguments arguments)
    {
        var values = arguments.Bind(run, "get", 1, "key", "default");
        return map.TryGet(run, values[0]!, out var value) ? value : values[1] ?? NoneValue.Instance;
    }
}
