namespace Ropewalk.Engine.Formats.Gguf;

/// <summary>Reads version, metadata and tensor descriptions and checks that the descriptions and the file's length agree.</summary>
internal sealed class GgufHeader
{
    private readonly string _file;
    private readonly GgufReader _reader;
    private readonly GgufMetadata _metadata;
    private readonly Dictionary<string, GgufTensor> _tensors;

    private GgufHeader(string file, GgufReader reader, GgufMetadata metadata, Dictionary<string, GgufTensor> tensors)
    {
        _file = file;
        _reader = reader;
        _metadata = metadata;
        _tensors = tensors;
    }

    /// <summary>Version of the format.</summary>
    public uint Version { get; private set; }

    /// <summary>Alignment of the tensors' bytes.</summary>
    public uint Alignment { get; private set; } = GgufLimits.DefaultAlignment;

    /// <summary>Where the last tensor and its padding end.</summary>
    public long EndBytes { get; private set; }

    /// <summary>Fills metadata and tensors, or throws.</summary>
    /// <param name="file">File to name in errors.</param>
    /// <param name="reader">Stands after the magic.</param>
    /// <param name="metadata">Filled.</param>
    /// <param name="tensors">Filled in the file's order.</param>
    public static GgufHeader Read(string file, GgufReader reader, GgufMetadata metadata, Dictionary<string, GgufTensor> tensors)
    {
        var header = new GgufHeader(file, reader, metadata, tensors);
        header.ReadVersion();
        reader.At("tensor count");
        var numTensors = reader.Count(reader.UInt64(), GgufLimits.ShortestTensorBytes, GgufLimits.Tensors);
        reader.At("metadata count");
        var numPairs = reader.Count(reader.UInt64(), GgufLimits.ShortestPairBytes, GgufLimits.Pairs);
        for (var i = 0; i < numPairs; i++)
        {
            reader.At("metadata pair", i);
            header.ReadPair();
        }

        var dataBytes = 0L;
        for (var i = 0; i < numTensors; i++)
        {
            reader.At("tensor", i);
            dataBytes = header.ReadTensor(dataBytes);
        }

        header.Place(dataBytes);
        return header;
    }

    private void ReadVersion()
    {
        const string Supported = "versions 2 and 3, little-endian";
        _reader.At("version");
        Version = _reader.UInt32();
        if (Version is >= GgufLimits.OldestVersion and <= GgufLimits.NewestVersion)
        {
            return;
        }

        if (Version == 0)
        {
            _reader.Fail("0", Supported);
        }

        throw new UnsupportedCheckpointException(_file, "version (byte 4)",
            (Version & 0xFFFF) == 0 ? $"0x{Version:X8} (a big-endian file?)" : $"GGUF version {Version}", Supported);
    }

    private void ReadPair()
    {
        var key = _reader.Text(GgufLimits.KeyBytes);
        if (!GgufLimits.IsKey(key))
        {
            _reader.Fail($"the key '{Printable.OneLine(key, 80)}'", GgufLimits.KeyRule);
        }

        if (_metadata.Has(key))
        {
            _reader.Fail($"the key '{Printable.OneLine(key, 80)}' twice", "each key once");
        }

        _reader.At("", name: key);
        var kind = (GgufValueType)_reader.UInt32();
        var value = GgufValues.Read(_reader, kind);
        if (key == GgufLimits.AlignmentKey)
        {
            if (value is not uint alignment || !GgufLimits.IsAlignment(alignment))
            {
                _reader.Fail(value is Array ? "a list" : $"{kind} {Printable.OneLine($"{value}", 40)}", GgufLimits.AlignmentRule);
                return;
            }

            Alignment = alignment;
        }

        _metadata.Set(key, value);
    }

    /// <summary>Reads one description and checks it against those before it.</summary>
    /// <param name="next">Where the tensors before it end, from the begin of the data on and padded.</param>
    /// <returns>Where this one ends.</returns>
    private long ReadTensor(long next)
    {
        var name = _reader.Text(GgufLimits.NameBytes);
        if (name.Length == 0 || name.Contains('\0'))
        {
            _reader.Fail(name.Length == 0 ? "an empty name" : "a name with a zero in it", "text");
        }

        _reader.At("tensor", name: name);
        if (_tensors.ContainsKey(name))
        {
            _reader.Fail("the name twice", "each name once");
        }

        var shape = ReadShape();
        var number = _reader.UInt32();
        if (!GgufStoredType.TryGet(number, out var type))
        {
            _reader.Fail($"type {number}", "a type that ggml has (it removed 4, 5, 31 to 33 and 36 to 38)");
            return 0;
        }

        if (shape[^1] % type.BlockLength != 0)
        {
            _reader.Fail($"{type.Name} in rows of {shape[^1]}", $"rows of a multiple of {type.BlockLength}");
        }

        if (!type.TryMeasure(shape, out var elements, out var lengthBytes))
        {
            _reader.Fail($"{type.Name} [{string.Join(", ", shape)}]", $"a size of at most {GgufLimits.TensorBytes} bytes");
        }

        var offset = _reader.UInt64();
        if (offset != (ulong)next)
        {
            _reader.Fail($"offset {offset}", $"{next}, where the tensor before it ends, aligned to {Alignment}");
        }

        // Compared with the whole file already here, so that no sum of sizes can overflow; where the data begins is not known yet.
        if (lengthBytes > _reader.FileBytes - next)
        {
            _reader.Fail($"{type.Name} [{string.Join(", ", shape)}], {lengthBytes} bytes at offset {offset}",
                $"an end within the file's {_reader.FileBytes} bytes; is the download complete?");
        }

        _tensors.Add(name, new GgufTensor(name, type, shape, elements, next, lengthBytes));
        return GgufLimits.Align(next + lengthBytes, Alignment);
    }

    /// <summary>The file has the innermost extent first.</summary>
    private long[] ReadShape()
    {
        var rank = _reader.UInt32();
        if (rank is 0 or > GgufLimits.Rank)
        {
            _reader.Fail($"{rank} dimensions", $"1 to {GgufLimits.Rank}");
        }

        var shape = new long[rank];
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            var extent = _reader.UInt64();
            if (extent is 0 or > long.MaxValue)
            {
                _reader.Fail($"an extent of {extent}", $"1 to {long.MaxValue}");
            }

            shape[i] = (long)extent;
        }

        return shape;
    }

    /// <summary>Now that the descriptions have ended, gives every tensor its place in the file.</summary>
    private void Place(long dataBytes)
    {
        var begin = GgufLimits.Align(_reader.Position, Alignment);
        foreach (var tensor in _tensors.Values)
        {
            tensor.OffsetBytes += begin;
            if (tensor.LengthBytes > _reader.FileBytes - tensor.OffsetBytes)
            {
                throw new CheckpointFormatException(_file, $"tensor '{Printable.OneLine(tensor.Name, 120)}'",
                    $"bytes {tensor.OffsetBytes} to {tensor.OffsetBytes + tensor.LengthBytes}", $"an end within the file's {_reader.FileBytes} bytes; is the download complete?");
            }
        }

        EndBytes = begin + dataBytes;
    }
}
