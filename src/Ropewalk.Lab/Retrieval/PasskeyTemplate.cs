namespace Ropewalk.Lab.Retrieval;

/// <summary>Whose passkey prompt.</summary>
public enum PasskeyTemplate
{
    /// <summary>LongRoPE's: a task description, five repeated sentences cut at any character.</summary>
    Longrope,

    /// <summary>Landmark attention's, which the YaRN repository uses: the same text, its size a multiple of 128 characters.</summary>
    Landmark,

    /// <summary>No task description, hidden in a generated story or a text of the user's: shorter, and for models that know only prose.</summary>
    Story,
}
