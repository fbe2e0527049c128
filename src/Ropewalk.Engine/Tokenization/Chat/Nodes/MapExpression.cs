namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>{'a': b}.</summary>
/// <param name="line">Its line.</param>
/// <param name="items">Keys and values.</param>
internal sealed class MapExpression(int line, List<(Expression Key, Expression Value)> items) : Expression(line)
{
    /// <inheritdoc/>
    protected override JinjaValue Compute(Evaluation run, Scope scope)
    {
        run.CreateItems(items.Count);
        var map = new MapValue();
        foreach (var (key, value) in items)
        {
            var name = key.Evaluate(run, scope);
            if (!KeyComparer.IsKey(name))
            {
                throw run.Fail($"a {name.TypeName} cannot be a key of a map; texts, numbers, true, false and none can");
            }

            run.Touch((name as TextValue)?.Text.Length ?? 0);
            map.Set(name, value.Evaluate(run, scope));
        }

        return map;
    }
}
