namespace Ropewalk.Engine.Generation;

/// <summary>Which factors a sequence has where a method's factors depend on the length (LongRoPE's short and long list, dynamic scalings). Whatever
/// the policy, one softmax sees keys and queries under one set of factors.</summary>
public enum SwitchPolicy
{
    /// <summary>Those for the prompt and all tokens that may follow it, decided once. Nothing switches.</summary>
    BySequence,

    /// <summary>Those for the longest sequences, always: what an engine does that fixes factors when it starts.</summary>
    PinLong,

    /// <summary>Those for sequences within the original window, always.</summary>
    PinShort,

    /// <summary>Those for the tokens so far. Where they change, all tokens so far are run anew: exact, at the cost of a prompt of that length.</summary>
    AtBoundary,

    /// <summary>The same, but keys that are there are turned on by the difference of the angles. The angles are right; what the tokens so far made
    /// of each other under the old factors stays.</summary>
    AtBoundaryTurn,
}
