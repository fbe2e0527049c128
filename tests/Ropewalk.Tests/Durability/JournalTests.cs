using System.Buffers.Binary;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Lab.Search;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Durability;

/// <summary>The journal's bytes: what was written is read back, a torn end goes aside, damage in the middle is refused.</summary>
public sealed class JournalTests
{
    private const string Name = "/disk/journal";
    private const string WayOut = "the way out";

    private static readonly JournalEntry[] s_entries =
    [
        new StartEntry("fingerprint", ulong.MaxValue),
        new SearchEntry("long", "evolution", 3, 5),
        new EvaluationEntry("long", new EvaluationRequest(new SearchPoint([1, 1.5, double.Epsilon], 4, 1.1), 1, 3), [1, double.NaN, double.NegativeInfinity]),
        new LossesEntry("none at 512", 2, [1, float.NaN, float.PositiveInfinity, -0f]),
        new ValuesEntry("grüße", [0.1, 0.2], [3]),
        new VectorEntry("pi: needle 512, documents", 99, 600, 88, 3, [1, float.Epsilon, -0f]),
        new DoneEntry("hash"),
        new EvaluationEntry("short", new EvaluationRequest(new SearchPoint([1, 2], 0, 1), 0, 1) { WantsGradient = true }, [2.5, -1, 0.5, 0.25]),
    ];

    [Fact]
    public void Entries_come_back_to_the_bit()
    {
        foreach (var entry in s_entries)
        {
            var bytes = EntryFormat.Encode(entry);
            Assert.Equal(bytes, EntryFormat.Encode(EntryFormat.Decode(bytes)!));
            Assert.Equal(entry.GetType(), EntryFormat.Decode(bytes)!.GetType());

            // Cut anywhere, or with a byte too many, it is no entry.
            for (var i = 0; i < bytes.Length; i++)
            {
                Assert.Null(EntryFormat.Decode(bytes.AsSpan(0, i)));
            }

            Assert.Null(EntryFormat.Decode([.. bytes, 0]));
        }

        Assert.Null(EntryFormat.Decode([99]));
        var e = (EvaluationEntry)EntryFormat.Decode(EntryFormat.Encode(s_entries[2]))!;
        Assert.Equal(((EvaluationEntry)s_entries[2]).Request, e.Request);
    }

    [Fact]
    public void A_count_that_lies_allocates_nothing()
    {
        var bytes = EntryFormat.Encode(s_entries[3]);
        var count = Array.IndexOf(bytes, (byte)4, 20);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(count), long.MaxValue / 2);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(EntryFormat.Decode(bytes));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 2000);
    }

    [Fact]
    public void Cut_at_any_byte_the_end_goes_aside_and_the_rest_stays()
    {
        var whole = Whole(out var ends);
        for (var length = 0; length < whole.Length; length++)
        {
            var files = Disk(whole[..length]);
            using (var journal = new Journal(files, Name, WayOut))
            {
                var good = ends.Where(e => e <= length).DefaultIfEmpty(0).Max();
                var torn = length - good;
                Assert.Equal(torn == 0 ? null : (long?)torn, journal.Quarantined?.Bytes);
                Assert.Equal(ends.Count(e => e <= length && e > JournalFrame.HeaderBytes), (int)journal.Count);
                if (torn > 0)
                {
                    Assert.Equal(whole[good..length], files.Contents(Name + ".quarantine-1"));
                }

                while (journal.Next() is not null)
                {
                }

                journal.Append(s_entries[(int)journal.Count..]);
            }

            Assert.Equal(whole, files.Contents(Name));
        }
    }

    [Fact]
    public void A_flipped_bit_is_never_read_as_an_entry()
    {
        var whole = Whole(out var ends);
        var lastBegins = ends[^2];
        for (var i = 0; i < whole.Length; i++)
        {
            var bytes = whole.ToArray();
            bytes[i] ^= 4;
            var files = Disk(bytes);
            if (i < JournalFrame.HeaderBytes)
            {
                Attack.MustFail(() => Open(files), 0, i is >= 8 and < 12 ? "journal: " : "journal: header: found other bytes");
            }
            else if (i >= lastBegins)
            {
                // Of the last entry nobody can tell a bit from a tear: it is measured again.
                using var journal = new Journal(files, Name, WayOut);
                Assert.Equal(s_entries.Length - 1, (int)journal.Count);
                Assert.Equal(whole.Length - lastBegins, journal.Quarantined!.Value.Bytes);
            }
            else
            {
                var begins = ends.Where(e => e <= i).Max();
                var error = Assert.Throws<RunFolderException>(() => Open(files));
                Assert.StartsWith($"{Name}: byte {begins}: found a damaged entry, expected entry ", error.Message, StringComparison.Ordinal);
                Assert.EndsWith(WayOut, error.Message, StringComparison.Ordinal);
                Assert.Equal(bytes, files.Contents(Name));
                Assert.Equal(0, files.NumOpen);
            }
        }
    }

    [Fact]
    public void A_doubled_or_missing_entry_is_damage()
    {
        var whole = Whole(out var ends);
        byte[] doubled = [.. whole[..ends[2]], .. whole[ends[1]..]];
        byte[] missing = [.. whole[..ends[1]], .. whole[ends[2]..]];
        Attack.MustFail(() => Open(Disk(doubled)), 0, $"byte {ends[2]}: found a damaged entry");
        Attack.MustFail(() => Open(Disk(missing)), 0, $"byte {ends[1]}: found a damaged entry");
    }

    [Fact]
    public void Another_version_is_refused_with_the_way_out()
    {
        var whole = Whole(out _);
        BinaryPrimitives.WriteUInt32LittleEndian(whole.AsSpan(8), 2);
        BinaryPrimitives.WriteUInt32LittleEndian(whole.AsSpan(12), Crc32C.Of(whole.AsSpan(0, 12)));
        Attack.MustFail(() => Open(Disk(whole)), 0, "version: found 2, expected 1; continue it with the ropewalk that began it");
    }

    private static void Open(MemoryFiles files)
    {
        using var journal = new Journal(files, Name, WayOut);
    }

    private static byte[] Whole(out int[] ends)
    {
        var files = new MemoryFiles();
        var lengths = new List<int>();
        using (var journal = new Journal(files, Name, WayOut))
        {
            lengths.Add(files.Contents(Name).Length);
            foreach (var entry in s_entries)
            {
                journal.Append([entry]);
                lengths.Add(files.Contents(Name).Length);
            }
        }

        ends = [.. lengths];
        return files.Contents(Name);
    }

    private static MemoryFiles Disk(byte[] bytes)
    {
        var files = new MemoryFiles();
        using var file = files.Open(Name, FileMode.OpenOrCreate);
        file.Write(0, bytes);
        return files;
    }
}
