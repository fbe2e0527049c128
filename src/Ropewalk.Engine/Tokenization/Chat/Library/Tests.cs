namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>The tests that templates may use.</summary>
internal static class Tests
{
    private static readonly Dictionary<string, Test> s_tests = new(StringComparer.Ordinal)
    {
        ["defined"] = Plain(v => v is not UndefinedValue),
        ["undefined"] = Plain(v => v is UndefinedValue),
        ["none"] = Plain(v => v is NoneValue),
        ["string"] = Plain(v => v is TextValue),
        ["mapping"] = Plain(v => v is MapValue),
        ["iterable"] = Plain(v => v is TextValue or MapValue or ListValue or IteratorValue or UndefinedValue or LoopValue),
        ["sequence"] = Plain(v => v is TextValue or MapValue or UndefinedValue or ListValue { IsIndexable: true }),
        ["number"] = Plain(v => v is IntValue or FloatValue or BoolValue),
        ["integer"] = Plain(v => v is IntValue),
        ["float"] = Plain(v => v is FloatValue),
        ["boolean"] = Plain(v => v is BoolValue),
        ["true"] = Plain(v => v is BoolValue { IsTrue: true }),
        ["false"] = Plain(v => v is BoolValue { IsTrue: false }),
        ["callable"] = Plain(v => v is FunctionValue or UndefinedValue),
        ["odd"] = (run, value, arguments) => HasRemainder(run, "odd", value, arguments, 1),
        ["even"] = (run, value, arguments) => HasRemainder(run, "even", value, arguments, 0),
        ["divisibleby"] = (run, value, arguments) =>
            Arithmetic.Apply(run, "%", value, arguments.Bind(run, "divisibleby", 1, "num")[0]!) is var remainder && !remainder.IsTrue,
        ["sameas"] = (run, value, arguments) => ReferenceEquals(value, arguments.Bind(run, "sameas", 1, "other")[0]),
        ["lower"] = (run, value, arguments) => IsCase(run, "islower", value, arguments),
        ["upper"] = (run, value, arguments) => IsCase(run, "isupper", value, arguments),
        ["in"] = Compare("in"),
        ["eq"] = Compare("=="),
        ["equalto"] = Compare("=="),
        ["ne"] = Compare("!="),
        ["lt"] = Compare("<"),
        ["lessthan"] = Compare("<"),
        ["le"] = Compare("<="),
        ["gt"] = Compare(">"),
        ["greaterthan"] = Compare(">"),
        ["ge"] = Compare(">="),
    };

    // Operators name tests too, where a test's name is a text: selectattr('role', '==', 'user').
    private static readonly string[] s_operators = ["==", "!=", "<", "<=", ">", ">="];

    /// <summary>Their names.</summary>
    public static string Supported => string.Join(", ", s_tests.Keys.Order(StringComparer.Ordinal));

    /// <summary>A test by its name, or null.</summary>
    public static Test? Find(string name) => s_tests.GetValueOrDefault(name) ?? (s_operators.Contains(name) ? Compare(name) : null);

    private static Test Plain(Func<JinjaValue, bool> test) => (run, value, arguments) =>
    {
        arguments.Bind(run, "the test", 0);
        return test(value);
    };

    private static Test Compare(string sign) => (run, value, arguments) =>
        Comparison.Holds(run, sign, value, arguments.Bind(run, $"the test {sign}", 1, "other")[0]!);

    private static bool HasRemainder(Evaluation run, string name, JinjaValue value, CallArguments arguments, long remainder)
    {
        arguments.Bind(run, name, 0);
        return Numbers.AreEqual(Arithmetic.Apply(run, "%", value, IntValue.Of(2)), IntValue.Of(remainder));
    }

    private static bool IsCase(Evaluation run, string method, JinjaValue value, CallArguments arguments) =>
        TextMethods.Find(Printing.ToText(run, value), method)!.Call(run, arguments).IsTrue;
}
