namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>What a call was given.</summary>
/// <param name="Positional">The values without a name.</param>
/// <param name="Named">The values with one.</param>
internal sealed record CallArguments(List<JinjaValue> Positional, List<(string Name, JinjaValue Value)> Named)
{
    /// <summary>No values.</summary>
    public static CallArguments None { get; } = new([], []);

    /// <summary>Brings the values into the order of the parameters; what was not given is null.</summary>
    /// <param name="run">For complaints.</param>
    /// <param name="function">Name of what was called.</param>
    /// <param name="required">How many of the parameters must be given.</param>
    /// <param name="parameters">The parameters' names.</param>
    public JinjaValue?[] Bind(Evaluation run, string function, int required, params ReadOnlySpan<string> parameters)
    {
        if (Positional.Count > parameters.Length)
        {
            throw run.Fail($"{function} takes at most {parameters.Length} arguments, found {Positional.Count}");
        }

        var values = new JinjaValue?[parameters.Length];
        Positional.CopyTo(values!);
        foreach (var (name, value) in Named)
        {
            var i = parameters.IndexOf(name);
            if (i < 0)
            {
                throw run.Fail($"{function} has no argument {TemplateSource.Quote(name)}; it has {(parameters.IsEmpty ? "none" : string.Join(", ", parameters!))}");
            }

            values[i] = values[i] is null ? value : throw run.Fail($"{function} is given the argument '{name}' twice");
        }

        var missing = Array.FindIndex(values, 0, required, v => v is null);
        return missing < 0 ? values : throw run.Fail($"{function} needs the argument '{parameters[missing]}'");
    }
}
