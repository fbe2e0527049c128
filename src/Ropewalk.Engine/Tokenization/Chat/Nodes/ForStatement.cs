namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>{% for a in b if c %} with {% else %} for when there is nothing to go through.</summary>
/// <param name="line">Its line.</param>
/// <param name="target">What each item is assigned to.</param>
/// <param name="items">What is gone through.</param>
/// <param name="condition">Which items count, or null; "loop" knows only those.</param>
/// <param name="body">What is done with each.</param>
/// <param name="otherwise">What is done without any, or null.</param>
internal sealed class ForStatement(int line, AssignTarget target, Expression items, Expression? condition, Block body, Block? otherwise) : Statement(line)
{
    private const string Loop = "loop";

    /// <inheritdoc/>
    protected override Flow Run(Evaluation run, Scope scope)
    {
        var list = Iteration.Items(run, items.Evaluate(run, scope));
        if (condition is not null)
        {
            list = Chosen(run, scope, list);
        }
        else
        {
            // The body may append to the list; the loop goes through what was there.
            run.CreateItems(list.Count);
            list = [.. list];
        }

        if (list.Count == 0)
        {
            return otherwise?.Execute(run, new Scope(scope)) ?? Flow.Next;
        }

        var loop = new LoopValue(list);
        for (var i = 0; i < list.Count; i++)
        {
            run.Line = Line;
            run.Step();
            loop.Index = i;
            var inner = new Scope(scope);
            inner.Set(Loop, loop);
            target.Assign(run, inner, list[i]);
            if (body.Execute(run, inner) == Flow.Break)
            {
                break;
            }
        }

        return Flow.Next;
    }

    private List<JinjaValue> Chosen(Evaluation run, Scope scope, List<JinjaValue> all)
    {
        var chosen = new List<JinjaValue>();
        foreach (var item in all)
        {
            run.Step();
            var inner = new Scope(scope);
            target.Assign(run, inner, item);
            if (condition!.Evaluate(run, inner).IsTrue)
            {
                chosen.Add(item);
            }
        }

        return chosen;
    }
}
