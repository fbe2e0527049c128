using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Engine.Tensors;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Lab.Export;

/// <summary>A method for learned positions as what it is: a longer table (2404.12096), whose row of token i is what the method reads there.</summary>
/// <param name="encoder">The trained model.</param>
/// <param name="method">A stretched table, or a plan whose positions do not depend on a text's length.</param>
/// <param name="target">Tokens that the table is to hold.</param>
internal sealed class WrittenTable(EncoderDescription encoder, EncoderMethod method, int target)
{
    private readonly LongerRows _rows = Rows(encoder, method, target);

    /// <summary>The table as it is to be written: in the trained table's type where its rows are copied, in float32 where rows are mixed.</summary>
    /// <param name="checkpoint">The trained model.</param>
    /// <param name="name">Name of the table there.</param>
    public TensorSource Source(CheckpointFolder checkpoint, string name)
    {
        var trained = checkpoint.Find(name)!;
        _ = checkpoint.TryFind(name, out var entry, out _);
        return new TensorSource(name, _rows.IsMixed ? StoredType.F32 : entry!.Type, [_rows.Count, trained.Columns], stream => Write(trained, stream));
    }

    private static LongerRows Rows(EncoderDescription encoder, EncoderMethod method, int target)
    {
        var positions = method.Plan?.Bidirectional(target).Bands[0].KeyPositions;
        return new LongerRows(encoder.FirstPosition, target, method.TableFactor > 1 ? new InterpolatedTable(encoder.Window, method.TableFactor) : null, token => (int)positions!.At(token));
    }

    private void Write(CheckpointTensor trained, Stream stream)
    {
        var bytes = new byte[trained.RowBytes];
        var (row, next) = (new float[trained.Columns], new float[trained.Columns]);
        for (var i = 0; i < _rows.Count; i++)
        {
            var (place, share) = _rows[i];
            trained.ReadRows(place, bytes);
            if (!_rows.IsMixed)
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
}
