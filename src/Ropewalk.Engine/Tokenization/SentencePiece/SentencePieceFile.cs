using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Tokenization;

/// <summary>What a SentencePiece model file says: the protobuf message ModelProto, as far as it matters for encoding.</summary>
internal sealed class SentencePieceFile
{
    /// <summary>Value of <see cref="ModelType"/>: unigram.</summary>
    public const int Unigram = 1;

    /// <summary>Value of <see cref="ModelType"/>: byte-pair encoding.</summary>
    public const int BytePair = 2;

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    private SentencePieceFile(string file) => File = file;

    /// <summary>The file's name, for complaints.</summary>
    public string File { get; }

    /// <summary>The pieces by id, each text once, scores finite.</summary>
    public List<(string Text, float Score, SentencePieceType Type)> Pieces { get; } = [];

    /// <summary>1 unigram, 2 byte-pair encoding, 3 words, 4 characters.</summary>
    public int ModelType { get; private set; } = Unigram;

    /// <summary>Whether unknown characters are written in bytes.</summary>
    public bool ByteFallback { get; private set; }

    /// <summary>Whether the marker for a space follows a word instead of leading it.</summary>
    public bool SpaceIsSuffix { get; private set; }

    /// <summary>Id of the piece that begins a text; -1 for none.</summary>
    public int Bos { get; private set; } = 1;

    /// <summary>Id of the piece that ends a text; -1 for none.</summary>
    public int Eos { get; private set; } = 2;

    /// <summary>Replacements before a text is cut, or null.</summary>
    public CharsMap? CharsMap { get; private set; }

    /// <summary>Whether a space is put before a text.</summary>
    public bool AddDummyPrefix { get; private set; } = true;

    /// <summary>Whether spaces at the ends go and runs of them become one.</summary>
    public bool RemoveExtraSpaces { get; private set; } = true;

    /// <summary>Whether spaces are written as U+2581.</summary>
    public bool EscapeSpaces { get; private set; } = true;

    /// <summary>Whether decoded texts are to be rewritten.</summary>
    public bool Denormalizes { get; private set; }

    /// <summary>Reads the message.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="file">Its name, for complaints.</param>
    /// <exception cref="CheckpointFormatException">The file is damaged.</exception>
    public static SentencePieceFile Parse(ReadOnlySpan<byte> bytes, string file)
    {
        var model = new SentencePieceFile(file);
        var reader = new ProtobufReader(bytes, file, "ModelProto");
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case 1:
                    model.ReadPiece(reader.Bytes(out var start), start);
                    break;
                case 2:
                    model.ReadTrainer(reader.Bytes(out start), start);
                    break;
                case 3:
                    model.ReadNormalizer(reader.Bytes(out start), start);
                    break;
                case 5:
                    model.ReadDenormalizer(reader.Bytes(out start), start);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return model.Pieces.Count > 0 ? model : throw new CheckpointFormatException(file, "pieces", "none", "a SentencePiece model");
    }

    private void ReadPiece(ReadOnlySpan<byte> bytes, long start)
    {
        var (text, score, type) = ("", 0f, (int)SentencePieceType.Normal);
        var reader = new ProtobufReader(bytes, File, $"pieces[{Pieces.Count}]", start);
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case 1:
                    text = reader.Text();
                    break;
                case 2:
                    score = reader.Single();
                    break;
                case 3:
                    type = reader.Int();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (!float.IsFinite(score) || !Enum.IsDefined((SentencePieceType)type))
        {
            throw reader.Error(start, $"the score {score} and the type {type}", "a finite score and a type from 1 to 6");
        }

        if (text.Length == 0 || !_seen.Add(text))
        {
            throw reader.Error(start, text.Length == 0 ? "an empty piece" : $"a second piece \"{JsonField.Short(text)}\"", "each piece once");
        }

        if (type == (int)SentencePieceType.Byte && !GgufTokenTable.IsByte(text))
        {
            throw reader.Error(start, $"\"{JsonField.Short(text)}\" as a byte", "<0x00> to <0xFF>");
        }

        Pieces.Add((text, score, (SentencePieceType)type));
    }

    private void ReadTrainer(ReadOnlySpan<byte> bytes, long start)
    {
        var reader = new ProtobufReader(bytes, File, "trainer_spec", start);
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case 3:
                    ModelType = reader.Int();
                    break;
                case 24:
                    SpaceIsSuffix = reader.Varint() != 0;
                    break;
                case 35:
                    ByteFallback = reader.Varint() != 0;
                    break;
                case 41:
                    Bos = reader.Int();
                    break;
                case 42:
                    Eos = reader.Int();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private void ReadNormalizer(ReadOnlySpan<byte> bytes, long start)
    {
        var reader = new ProtobufReader(bytes, File, "normalizer_spec", start);
        while (reader.Next(out var field))
        {
            switch (field)
            {
                case 2:
                    var map = reader.Bytes(out _);
                    CharsMap = map.Length > 0 ? new CharsMap(map, File, "normalizer_spec.precompiled_charsmap") : null;
                    break;
                case 3:
                    AddDummyPrefix = reader.Varint() != 0;
                    break;
                case 4:
                    RemoveExtraSpaces = reader.Varint() != 0;
                    break;
                case 5:
                    EscapeSpaces = reader.Varint() != 0;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private void ReadDenormalizer(ReadOnlySpan<byte> bytes, long start)
    {
        var reader = new ProtobufReader(bytes, File, "denormalizer_spec", start);
        while (reader.Next(out var field))
        {
            if (field == 2)
            {
                Denormalizes |= reader.Bytes(out _).Length > 0;
            }
            else
            {
                reader.Skip();
            }
        }
    }
}
