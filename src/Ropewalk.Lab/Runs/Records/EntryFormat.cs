using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Ropewalk.Lab.Search;

namespace Ropewalk.Lab.Runs.Records;

/// <summary>Entries as bytes: a byte for the kind, then the fields in their order. Whole numbers and floating point are little-endian, texts are UTF-8
/// behind their length, lists are numbers behind their count; numbers come back to the same bits, NaN included.</summary>
internal static class EntryFormat
{
    private enum Kind : byte
    {
        Start = 1,
        Search,
        Evaluation,
        Losses,
        Values,
        Done,
        Gradient,
        Vector,
    }

    /// <summary>The bytes of an entry.</summary>
    public static byte[] Encode(JournalEntry entry)
    {
        var bytes = new ArrayBufferWriter<byte>();
        switch (entry)
        {
            case StartEntry e:
                Put(bytes, Kind.Start);
                Put(bytes, e.Fingerprint);
                Put(bytes, (long)e.Seed);
                break;
            case SearchEntry e:
                Put(bytes, Kind.Search);
                Put(bytes, e.Search);
                Put(bytes, e.Algorithm);
                Put(bytes, (long)e.Seed);
                Put(bytes, e.NumWindows);
                break;
            case EvaluationEntry e:
                Put(bytes, e.Request.WantsGradient ? Kind.Gradient : Kind.Evaluation);
                Put(bytes, e.Search);
                Put(bytes, e.Request.Point.RescaleFactors.AsSpan());
                Put(bytes, e.Request.Point.StartTokens);
                Put(bytes, BitConverter.DoubleToInt64Bits(e.Request.Point.AttentionFactor));
                Put(bytes, e.Request.FirstWindow);
                Put(bytes, e.Request.NumWindows);
                Put<double>(bytes, e.Losses);
                break;
            case LossesEntry e:
                Put(bytes, Kind.Losses);
                Put(bytes, e.Name);
                Put(bytes, e.Window);
                Put<float>(bytes, e.Losses);
                break;
            case ValuesEntry e:
                Put(bytes, Kind.Values);
                Put(bytes, e.Name);
                Put<double>(bytes, e.Arguments);
                Put<double>(bytes, e.Values);
                break;
            case VectorEntry e:
                Put(bytes, Kind.Vector);
                Put(bytes, e.Name);
                Put(bytes, e.Text);
                Put(bytes, e.Tokens);
                Put(bytes, e.LeftOut);
                Put(bytes, e.Chunks);
                Put<float>(bytes, e.Vector);
                break;
            case DoneEntry e:
                Put(bytes, Kind.Done);
                Put(bytes, e.ResultSha256);
                break;
            default:
                throw new ArgumentException($"no format for {entry.GetType().Name}", nameof(entry));
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads an entry.</summary>
    /// <returns>Null if the bytes are no entry that this version knows.</returns>
    public static JournalEntry? Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new Reader(bytes);
        JournalEntry? entry = (Kind)reader.Byte() switch
        {
            Kind.Start => new StartEntry(reader.Text(), (ulong)reader.Int64()),
            Kind.Search => new SearchEntry(reader.Text(), reader.Text(), (ulong)reader.Int64(), (int)reader.Int64()),
            Kind.Evaluation => reader.Evaluation(),
            Kind.Gradient => reader.Evaluation(wantsGradient: true),
            Kind.Losses => new LossesEntry(reader.Text(), (int)reader.Int64(), reader.List<float>()),
            Kind.Values => new ValuesEntry(reader.Text(), reader.List<double>(), reader.List<double>()),
            Kind.Vector => new VectorEntry(reader.Text(), (int)reader.Int64(), (int)reader.Int64(), (int)reader.Int64(), (int)reader.Int64(), reader.List<float>()),
            Kind.Done => new DoneEntry(reader.Text()),
            _ => null,
        };
        return reader.IsSound ? entry : null;
    }

    private static void Put(ArrayBufferWriter<byte> bytes, Kind kind) => bytes.Write([(byte)kind]);

    private static void Put(ArrayBufferWriter<byte> bytes, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes.GetSpan(sizeof(long)), number);
        bytes.Advance(sizeof(long));
    }

    private static void Put(ArrayBufferWriter<byte> bytes, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        Put(bytes, utf8.Length);
        bytes.Write(utf8);
    }

    // .NET runs on little-endian processors only, so memory and file have the same order.
    private static void Put<T>(ArrayBufferWriter<byte> bytes, ReadOnlySpan<T> numbers)
        where T : unmanaged
    {
        Put(bytes, numbers.Length);
        bytes.Write(MemoryMarshal.AsBytes(numbers));
    }

    /// <summary>Takes fields off the front; past the end, or at a count that cannot be, it gives nothing and is not sound.</summary>
    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;
        private bool _failed;

        public readonly bool IsSound => !_failed && _rest.IsEmpty;

        public byte Byte() => Take(1) is [var b] ? b : (byte)0;

        public long Int64() => Take(sizeof(long)) is { Length: > 0 } span ? BinaryPrimitives.ReadInt64LittleEndian(span) : 0;

        public string Text() => Encoding.UTF8.GetString(Take(Int64()));

        public T[] List<T>()
            where T : unmanaged
        {
            var count = Int64();
            var size = Marshal.SizeOf<T>();
            return MemoryMarshal.Cast<byte, T>(Take(count <= _rest.Length / size ? count * size : -1)).ToArray();
        }

        public EvaluationEntry Evaluation(bool wantsGradient = false) => new(
            Text(),
            new EvaluationRequest(
                new SearchPoint(ImmutableCollectionsMarshal.AsImmutableArray(List<double>()), (int)Int64(), BitConverter.Int64BitsToDouble(Int64())), (int)Int64(), (int)Int64())
            {
                WantsGradient = wantsGradient,
            },
            List<double>());

        private ReadOnlySpan<byte> Take(long count)
        {
            if (count < 0 || count > _rest.Length)
            {
                _failed = true;
                return default;
            }

            var taken = _rest[..(int)count];
            _rest = _rest[(int)count..];
            return taken;
        }
    }
}
