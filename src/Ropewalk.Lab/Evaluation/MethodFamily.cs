using Ropewalk.Positions;

namespace Ropewalk.Lab.Evaluation;

/// <summary>A method by the name that a user writes, whose numbers follow from the length it is used at.</summary>
/// <param name="Name">Unique in a list, e.g. "yarn", "self-extend" or a spec as it was given.</param>
/// <param name="At">The method for windows of n tokens where L' is the longest that is wanted; null where it would be the model as it is.
/// Throws <see cref="UserInputException"/> where the model allows no such method.</param>
/// <param name="IsAsked">Whether a user named it: then it is an error where the model allows no such method, and a note otherwise.</param>
/// <param name="Tuning">The number that is tuned on text before the method can be had; <paramref name="At"/> gives null until then.</param>
public sealed record MethodFamily(string Name, Func<int, int, PositionMethod?> At, bool IsAsked = false, MethodTuning Tuning = MethodTuning.None);

/// <summary>Which number of a method is tuned on text that it is not measured on.</summary>
public enum MethodTuning
{
    /// <summary>None: it follows from the lengths.</summary>
    None,

    /// <summary>The alpha of NTK.</summary>
    NtkAlpha,

    /// <summary>The attention factor of YaRN.</summary>
    YarnAttention,
}
