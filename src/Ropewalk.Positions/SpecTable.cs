namespace Ropewalk.Positions;

/// <summary>The methods that one flag can name, and the reading of a spec "name:value,key=value".</summary>
/// <typeparam name="TInput">What every method starts from.</typeparam>
/// <typeparam name="TResult">What a method becomes.</typeparam>
internal sealed class SpecTable<TInput, TResult>
{
    private readonly string flag;
    private readonly SpecMethod<TInput, TResult>[] methods;

    /// <summary>Creates the table of a flag; <paramref name="furtherForms"/> are read by its owner.</summary>
    public SpecTable(string flag, IEnumerable<string> furtherForms, params SpecMethod<TInput, TResult>[] methods)
    {
        this.flag = flag;
        this.methods = methods;
        Forms = [.. methods.Select(m => m.Form), .. furtherForms];
    }

    /// <summary>The allowed forms of a spec.</summary>
    public IReadOnlyList<string> Forms { get; }

    /// <summary>The name and what follows its colon; null where there is no colon.</summary>
    public static (string Name, string? Arguments) Split(string methodSpec)
    {
        var colon = methodSpec.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (methodSpec, null) : (methodSpec[..colon], methodSpec[(colon + 1)..]);
    }

    /// <summary>Reads a method.</summary>
    /// <param name="spec">The whole spec as the user wrote it, which errors name.</param>
    /// <param name="methodSpec">The part of it that is this method.</param>
    /// <param name="input">What the method starts from.</param>
    /// <exception cref="UserInputException">The name is unknown, an option is, or a value is out of range.</exception>
    public TResult Parse(string spec, string methodSpec, TInput input)
    {
        var (name, rest) = Split(methodSpec);
        var method = Array.Find(methods, m => m.Name == name)
            ?? throw Bad(spec, $"unknown method '{name}'", string.Join(", ", Forms));
        var arguments = new SpecArguments($"{flag} {spec}", method.Form, rest);
        return Guard(spec, () =>
        {
            var result = method.Create(input, arguments);
            arguments.Finish();
            return result;
        });
    }

    /// <summary>Puts the flag in front of a method's own complaint (a width, a base), which does not know where its value came from.</summary>
    public TResult Guard(string spec, Func<TResult> create)
    {
        try
        {
            return create();
        }
        catch (UserInputException e) when (!e.Message.StartsWith(flag + " ", StringComparison.Ordinal))
        {
            throw new UserInputException($"{flag} {spec}: {e.Message}");
        }
    }

    /// <summary>The error for a spec that is no method's.</summary>
    public UserInputException Bad(string spec, string reason, string allowed) => new($"{flag} {spec}: {reason}; allowed: {allowed}");
}

/// <summary>One method of a <see cref="SpecTable{TInput, TResult}"/>: its name, its form for help texts, and what makes it from its arguments.</summary>
internal sealed record SpecMethod<TInput, TResult>(string Name, string Form, Func<TInput, SpecArguments, TResult> Create);
