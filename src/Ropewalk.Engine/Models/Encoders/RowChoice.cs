namespace Ropewalk.Engine.Models.Encoders;

/// <summary>Which of a text's hidden rows are wanted: a model need not compute the others' last layer.</summary>
public enum RowChoice
{
    /// <summary>All.</summary>
    All,

    /// <summary>The first token's.</summary>
    First,

    /// <summary>The last token's.</summary>
    Last,
}
