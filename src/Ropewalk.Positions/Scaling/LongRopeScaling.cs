using System.Collections.Immutable;

namespace Ropewalk.Positions.Scaling;

/// <summary>LongRoPE (2402.13753): f'_i = f_i / lambda_i with searched factors, and the first n-hat positions unscaled. A sequence of n tokens
/// takes the first entry whose maximum length is at least n, a longer one the last entry; so with entries (L, short) and (L', long)
/// a sequence of exactly L tokens is still short, as in Hugging Face.</summary>
/// <param name="Geometry">The encoding as trained.</param>
/// <param name="Entries">At least one; maximum lengths never fall; each has d/2 factors.</param>
/// <exception cref="UserInputException">The entries are none, out of order or of the wrong length.</exception>
public sealed record LongRopeScaling(RopeGeometry Geometry, ImmutableArray<LongRopeEntry> Entries) : RopeScaling(Geometry)
{
    /// <summary>The factor sets by rising maximum length.</summary>
    public ImmutableArray<LongRopeEntry> Entries { get; } = Checked(Geometry, Entries);

    /// <inheritdoc/>
    public override string Name => "longrope";

    /// <summary>The method and a short hash of all its entries: factors are too long for a line, and two files of the same content
    /// are the same method. Unlike other specs it cannot be parsed again; the factors file can.</summary>
    public override string Spec => "longrope:" + RopeFingerprint.OfEntries(Geometry, Entries)[..16];

    /// <summary>The entry that a sequence of this many tokens takes.</summary>
    public LongRopeEntry EntryFor(long sequenceLength) => Entries.FirstOrDefault(e => e.MaximumLength >= sequenceLength) ?? Entries[^1];

    /// <summary>True when geometry and entries are equal.</summary>
    public bool Equals(LongRopeScaling? other) =>
        other is not null && Geometry == other.Geometry && Entries.AsSpan().SequenceEqual(other.Entries.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Geometry, Entries.Length, Entries[0]);

    /// <inheritdoc/>
    protected override RopeFrequencies Compute(long sequenceLength)
    {
        var entry = EntryFor(sequenceLength);
        return new(
            Geometry.Map(i => Geometry.InverseFrequency(i) / entry.RescaleFactors[i]),
            entry.AttentionFactor,
            entry.StartTokens,
            Geometry.InverseFrequencies());
    }

    private static ImmutableArray<LongRopeEntry> Checked(RopeGeometry geometry, ImmutableArray<LongRopeEntry> entries)
    {
        if (entries.IsDefaultOrEmpty)
        {
            throw new UserInputException("longrope entries: found none, expected at least one");
        }

        for (var i = 0; i < entries.Length; i++)
        {
            Require.Factors($"longrope entries[{i}] rescale factors", entries[i].RescaleFactors, geometry.Pairs);
            if (i > 0 && entries[i].MaximumLength < entries[i - 1].MaximumLength)
            {
                throw new UserInputException(
                    $"longrope entries[{i}] maximum length: found {entries[i].MaximumLength}, expected at least {entries[i - 1].MaximumLength} as the entry before it");
            }
        }

        return entries;
    }
}
