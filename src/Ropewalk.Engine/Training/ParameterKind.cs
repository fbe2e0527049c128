namespace Ropewalk.Engine.Training;

/// <summary>What a parameter is to whoever starts or decays it.</summary>
public enum ParameterKind
{
    /// <summary>Weight of a product.</summary>
    Matrix,

    /// <summary>Rows by token.</summary>
    Embedding,

    /// <summary>Rows by position. They do not decay: a row that few texts reach would fade away.</summary>
    Position,

    /// <summary>Scale of a norm's channels.</summary>
    Scale,

    /// <summary>Offset of channels.</summary>
    Bias,
}
