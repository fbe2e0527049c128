namespace Ropewalk.Engine.Tokenization;

/// <summary>What kind of token an entry of tokenizer.ggml.tokens is; the numbers are those in the file.</summary>
internal enum GgufTokenType
{
    /// <summary>Says nothing.</summary>
    Undefined = 0,

    /// <summary>Text.</summary>
    Normal = 1,

    /// <summary>Stands for what no other token can write.</summary>
    Unknown = 2,

    /// <summary>Controls the model; found in a text only on request.</summary>
    Control = 3,

    /// <summary>Found in a text before the model sees it.</summary>
    UserDefined = 4,

    /// <summary>Fills the table up.</summary>
    Unused = 5,

    /// <summary>One byte, spelled &lt;0xXX&gt;.</summary>
    Byte = 6,
}
