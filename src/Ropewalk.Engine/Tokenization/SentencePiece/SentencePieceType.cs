namespace Ropewalk.Engine.Tokenization;

/// <summary>What kind of token a piece is; the numbers are those in the file.</summary>
internal enum SentencePieceType
{
    /// <summary>Text.</summary>
    Normal = 1,

    /// <summary>Stands for what no other piece can write.</summary>
    Unknown = 2,

    /// <summary>Controls the model; never found in a text.</summary>
    Control = 3,

    /// <summary>Found in a text whatever the scores say.</summary>
    UserDefined = 4,

    /// <summary>In the table, but never given.</summary>
    Unused = 5,

    /// <summary>One byte, spelled &lt;0xXX&gt;.</summary>
    Byte = 6,
}
