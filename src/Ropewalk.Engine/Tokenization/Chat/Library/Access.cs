namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Attributes and items. There is no reflection: a name is looked up in our own tables, or it is not there.</summary>
internal static class Access
{
    /// <summary>a.name: a method where there is one, else a map's value, else undefined. What Python has and we do not is an error.</summary>
    public static JinjaValue Attribute(Evaluation run, JinjaValue target, TextValue name)
    {
        var own = Own(run, target, name.Text);
        return own ?? (target is MapValue map && map.TryGet(run, name, out var value) ? value : Missing(run, target, name.Text));
    }

    /// <summary>a[key]: an item where there is one, else an attribute of that name, else undefined.</summary>
    public static JinjaValue Item(Evaluation run, JinjaValue target, JinjaValue key)
    {
        switch (target)
        {
            case UndefinedValue missing:
                throw run.Fail($"{missing.Problem}, so it has no items");
            case MapValue map when map.TryGet(run, key, out var value):
                return value;
            case ListValue { IsIndexable: true } list when Numbers.ToInteger(key) is { } index:
                return Offset(list.Items.Count, index) is { } at ? list.Items[at] : new UndefinedValue($"the {target.TypeName} has no item {index}");
            case TextValue text when Numbers.ToInteger(key) is { } index:
                run.Touch(text.Text.Length);
                return Offset(text.Count, index) is { } character && text.OffsetOf(character) is var offset
                    ? text.Slice(offset, text.Next(offset)) : new UndefinedValue($"the text has no character {index}");
        }

        return key is not TextValue name ? new UndefinedValue($"the {target.TypeName} has no such item")
            : Own(run, target, name.Text) ?? Missing(run, target, name.Text);
    }

    private static int? Offset(int count, long index)
    {
        var offset = index < 0 ? index + count : index;
        return offset >= 0 && offset < count ? (int)offset : null;
    }

    private static JinjaValue? Own(Evaluation run, JinjaValue target, string name) => target switch
    {
        TextValue text => TextMethods.Find(text, name),
        MapValue map => MapMethods.Find(map, name),
        ListValue list => ListMethods.Find(list, name),
        LoopValue loop => loop.Get(name),
        NamespaceValue space => space.Get(name),
        UndefinedValue missing => throw run.Fail($"{missing.Problem}, so it has no attribute {TemplateSource.Quote(name)}"),
        _ => null,
    };

    private static UndefinedValue Missing(Evaluation run, JinjaValue target, string name)
    {
        var supported = target switch
        {
            TextValue => TextMethods.Supported,
            MapValue => MapMethods.Supported,
            ListValue { Kind: SequenceKind.List or SequenceKind.Tuple } => ListMethods.Supported,
            LoopValue => LoopValue.Attributes,
            _ => "none",
        };
        return name.StartsWith("__", StringComparison.Ordinal) || target is LoopValue or FunctionValue || PythonAttributes.Has(target, name)
            ? throw run.Fail($"the attribute {TemplateSource.Quote(name)} of a {target.TypeName} is not supported; supported: {supported}")
            : new UndefinedValue($"the {target.TypeName} has no attribute {TemplateSource.Quote(name)}");
    }
}
