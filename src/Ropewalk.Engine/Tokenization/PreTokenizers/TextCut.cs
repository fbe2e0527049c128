namespace Ropewalk.Engine.Tokenization;

/// <summary>Where a text can be cut so that encoding the parts gives what encoding the whole gives, as far as one step is concerned.</summary>
internal enum TextCut
{
    /// <summary>Nobody has shown a place: such a text is read whole.</summary>
    Unknown,

    /// <summary>The step never looks across white space and cuts nothing there: what comes behind it decides.</summary>
    Elsewhere,

    /// <summary>Before the first white space of a run: words take white space in front of them, never behind.</summary>
    BeforeSpace,

    /// <summary>Behind the last line break of a run of white space: words may end in line breaks, and none goes on behind the last.</summary>
    AfterLineBreak,
}
