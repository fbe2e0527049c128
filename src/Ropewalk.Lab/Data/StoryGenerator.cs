using System.Text;

namespace Ropewalk.Lab.Data;

/// <summary>
/// Writes English stories of any length from a seed: text with real long-range structure, for trials where no corpus is at
/// hand and for tests that must not depend on one. Each document has its own people, places and facts (where the key of the
/// mill is, who owes whom what, how a letter began), told once and recalled hundreds to tens of thousands of characters later.
/// </summary>
/// <remarks>Same seed, same bytes, on every machine and in every run. Document i depends on (seed, i) and its minimum length
/// alone, not on how many are asked for.</remarks>
public static class StoryGenerator
{
    private const int DefaultCharactersPerDocument = 200_000;

    /// <summary>Stories one after the other, made as they are asked for.</summary>
    /// <param name="seed">Which stories.</param>
    /// <param name="count">How many.</param>
    /// <param name="minimumCharactersPerDocument">A document ends at the end of the first paragraph that reaches this length.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public static IEnumerable<StoryDocument> Documents(ulong seed, int count, int minimumCharactersPerDocument)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(minimumCharactersPerDocument);
        return Iterate();

        IEnumerable<StoryDocument> Iterate()
        {
            for (var i = 0; i < count; i++)
            {
                yield return Tell(seed, (ulong)i, minimumCharactersPerDocument);
            }
        }
    }

    /// <summary>Writes whole documents, each followed by three blank lines, until <paramref name="minimumBytes"/> are reached.
    /// One document at a time is in memory.</summary>
    /// <returns>The number of bytes written.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public static long Write(
        ulong seed,
        long minimumBytes,
        Stream destination,
        int minimumCharactersPerDocument = DefaultCharactersPerDocument,
        CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minimumBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(minimumCharactersPerDocument);
        ArgumentNullException.ThrowIfNull(destination);
        long written = 0;
        for (ulong i = 0; written < minimumBytes; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var bytes = Encoding.ASCII.GetBytes(Tell(seed, i, minimumCharactersPerDocument).Text + "\n\n\n");
            destination.Write(bytes);
            written += bytes.Length;
        }

        return written;
    }

    private static StoryDocument Tell(ulong seed, ulong index, int minimumCharacters) =>
        new StoryTeller(new CounterRandom(seed).Fork(index)).Tell(minimumCharacters);
}
