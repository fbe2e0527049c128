namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>What a value is assigned to: a name, an attribute of a namespace, or several of these.</summary>
/// <param name="Name">The name, or the namespace's.</param>
/// <param name="Attribute">The namespace's attribute, or null.</param>
/// <param name="Parts">The targets for the items of a sequence; then there is no name.</param>
internal sealed record AssignTarget(string? Name, string? Attribute, List<AssignTarget>? Parts)
{
    /// <summary>Assigns.</summary>
    public void Assign(Evaluation run, Scope scope, JinjaValue value)
    {
        if (Parts is not null)
        {
            var items = Iteration.Items(run, value);
            if (items.Count != Parts.Count)
            {
                throw run.Fail($"{items.Count} values do not go into {Parts.Count} names");
            }

            for (var i = 0; i < items.Count; i++)
            {
                Parts[i].Assign(run, scope, items[i]);
            }
        }
        else if (Attribute is null)
        {
            scope.Set(Name!, value);
        }
        else if (scope.Find(Name!) is NamespaceValue space)
        {
            space.Set(Attribute, value);
        }
        else
        {
            throw run.Fail($"attributes can be set of a namespace only, and {TemplateSource.Quote(Name!)} is none");
        }
    }
}
