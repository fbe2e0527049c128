namespace Ropewalk.Engine.Embedding;

/// <summary>How the rows of a text's tokens become one vector.</summary>
public enum Pooling
{
    /// <summary>Mean of all rows.</summary>
    Mean,

    /// <summary>The first token's row.</summary>
    Cls,

    /// <summary>The last token's row, which in a decoder is the only one that has seen the whole text.</summary>
    Last,

    /// <summary>Largest number of each channel.</summary>
    Max,

    /// <summary>Mean of all rows, row i with weight i + 1 (2202.08904).</summary>
    WeightedMean,
}
