using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Engine.Tensors;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Lab.Export;

/// <summary>A method for learned positions as what it is: a longer table (2404.12096). Rows before the first token's stay; the row of token i is the
/// trained row that the method reads, or a mixture of two.</summary>
/// <param name="encoder">The trained model.</param>
/// <param name="method">A stretched table, or a plan whose positions do not depend on a text's length.</param>
/// <param name="target">Tokens that the table is to hold.</param>
internal sealed class WrittenTable(EncoderDescription encoder, EncoderMethod method, int target)
{
    private readonly InterpolatedTable? _stretched = method.TableFactor > 1 ? new InterpolatedTable(encoder.Window, method.TableFactor) : null;
    private readonly PositionMap? _positions = method.Plan?.Bidirectional(target).Bands[0].KeyPositions;

    /// <summary>The table as it is to be written: in the trained table's type where its rows are copied, in float32 where rows are mixed.</summary>
    /// <param name="checkpoint">The trained model.</param>
    /// <param name="name">Name of the table there.</param>
    public TensorSource Source(CheckpointFolder checkpoint, string name)
    {
        var trained = checkpoint.Find(name)!;
        _ = checkpoint.TryFind(name, out var entry, out _);
        var rows = encoder.FirstPosition + target;
        return new TensorSource(name, _stretched is null ? entry!.Type : StoredType.F32, [rows, trained.Columns], stream => Write(trained, rows, stream));
    }

    private void Write(CheckpointTensor trained, int rows, Stream stream)
    {
        var bytes = new byte[trained.RowBytes];
        var (row, next) = (new float[trained.Columns], new float[trained.Columns]);
        for (var i = 0; i < rows; i++)
        {
            var (place, share) = PlaceOf(i);
            trained.ReadRows(place, bytes);
            if (_stretched is null)
            {
                stream.Write(bytes);
                continue;
            }

            Blocks.ToSingle(trained.Type, bytes, 0, row);
            if (share > 0)
            {
                trained.ReadRows(place + 1, bytes);
                Blocks.ToSingle(trained.Type, bytes, 0, next);
                InterpolatedTable.Mix(row, next, share);
            }

            stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(row.AsSpan()));
        }
    }

    private (int Row, float NextShare) PlaceOf(int row)
    {
        var token = row - encoder.FirstPosition;
        if (token < 0)
        {
            return (row, 0);
        }

        var (place, share) = _stretched?.Source(token) ?? ((int)_positions!.At(token), 0);
        return (encoder.FirstPosition + place, (float)share);
    }
}
