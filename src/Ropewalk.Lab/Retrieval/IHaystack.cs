namespace Ropewalk.Lab.Retrieval;

/// <summary>The irrelevant text that a needle is hidden in, cut to any size.</summary>
public interface IHaystack
{
    /// <summary>Characters that there are.</summary>
    int Available { get; }

    /// <summary>Sizes are multiples of that many characters.</summary>
    int Granularity { get; }

    /// <summary>Puts the needle into the text.</summary>
    /// <param name="needle">A sentence or two.</param>
    /// <param name="characters">Characters of the text around it, 0 .. <see cref="Available"/>.</param>
    /// <param name="depth">Where: 0 before all of it, 1 after all of it.</param>
    /// <returns>The whole, and the index of the needle's first character.</returns>
    (string Text, int NeedleAt) Hide(string needle, int characters, double depth);
}
