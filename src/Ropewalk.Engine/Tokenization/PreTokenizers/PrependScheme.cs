namespace Ropewalk.Engine.Tokenization;

/// <summary>When a marker is put before a text.</summary>
internal enum PrependScheme
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>Before the input's first piece.</summary>
    First,

    /// <summary>Before each piece.</summary>
    Always,
}
