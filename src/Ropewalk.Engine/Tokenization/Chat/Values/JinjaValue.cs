namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>A value of a template: one of a closed set of kinds, none of which reaches an object of .NET.</summary>
internal abstract class JinjaValue
{
    /// <summary>The kind's name in Python, for messages.</summary>
    public abstract string TypeName { get; }

    /// <summary>Whether it counts as true where a condition is wanted.</summary>
    public abstract bool IsTrue { get; }
}
