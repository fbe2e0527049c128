namespace Ropewalk.Lab.Data;

/// <summary>
/// The project's one source of random numbers: Philox 2x64 with 10 rounds (Salmon et al., 2011), a keyed bijection of a
/// counter. Number k of a stream is a pure function of (<see cref="Seed"/>, <see cref="Stream"/>, k), so three integers are
/// the whole state, a saved run continues exactly, and results are the same on every machine.
/// </summary>
/// <remarks>Not thread-safe: give each worker its own <see cref="Fork"/>. Not for secrets. Tests pin the numbers: a
/// change here silently changes every seeded result, so there will be none.</remarks>
public sealed class CounterRandom
{
    private const ulong Multiplier = 0xD2B74407B1CE6E93;
    private const ulong Weyl = 0x9E3779B97F4A7C15;
    private const int Rounds = 10;

    /// <summary>Starts a stream, or continues a saved one.</summary>
    /// <param name="seed">The seed of the experiment.</param>
    /// <param name="stream">Which of the seed's 2^64 independent streams.</param>
    /// <param name="counter">How many 64-bit numbers of the stream have been drawn already.</param>
    public CounterRandom(ulong seed, ulong stream = 0, ulong counter = 0)
    {
        Seed = seed;
        Stream = stream;
        Counter = counter;
    }

    /// <summary>The seed: first of the three numbers to save.</summary>
    public ulong Seed { get; }

    /// <summary>The stream: second of the three numbers to save.</summary>
    public ulong Stream { get; }

    /// <summary>How many 64-bit numbers have been drawn: third of the three numbers to save.</summary>
    public ulong Counter { get; private set; }

    /// <summary>Draws 64 uniform bits and advances the counter by one.</summary>
    public ulong NextUInt64() => Philox(Counter++, Stream, Seed).Low;

    /// <summary>Draws an integer in [0, <paramref name="exclusiveMax"/>), each exactly equally likely (Lemire's method with
    /// rejection; so it may, rarely, advance the counter by more than one).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="exclusiveMax"/> is not positive.</exception>
    public int NextInt(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMax);
        var range = (ulong)exclusiveMax;
        var high = Math.BigMul(NextUInt64(), range, out var low);
        if (low < range)
        {
            // 2^64 mod range: products below it belong to values that would come up once too often.
            var excess = (0UL - range) % range;
            while (low < excess)
            {
                high = Math.BigMul(NextUInt64(), range, out low);
            }
        }

        return (int)high;
    }

    /// <summary>Draws a double in [0, 1): a multiple of 2^-53, each equally likely.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>An independent generator, a function of (seed, this stream, <paramref name="stream"/>) alone. How much was
    /// drawn here does not matter and nothing is drawn, so work items may be forked in any order or only in part.</summary>
    public CounterRandom Fork(ulong stream)
    {
        // The complement keeps a fork's key apart from this generator's own outputs at the same counter.
        var (low, high) = Philox(stream, Stream, ~Seed);
        return new CounterRandom(low, high);
    }

    /// <summary>The bijection: 10 rounds of (x0, x1) := (hi(m x0) ^ key ^ x1, lo(m x0)), the key moving on by a constant.</summary>
    internal static (ulong Low, ulong High) Philox(ulong x0, ulong x1, ulong key)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var high = Math.BigMul(Multiplier, x0, out var low);
            x0 = high ^ key ^ x1;
            x1 = low;
            key += Weyl;
        }

        return (x0, x1);
    }
}
