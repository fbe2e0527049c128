using Ropewalk.Positions;

namespace Ropewalk.Engine.Formats;

/// <summary>A checkpoint is valid, but of a kind that this engine does not run.</summary>
public sealed class UnsupportedCheckpointException : RopewalkException
{
    /// <summary>Creates the error. The message reads "file: field: X is not supported; supported: Y".</summary>
    public UnsupportedCheckpointException(string file, string field, string found, string supported)
        : base(Printable.OneLine($"{file}: {field}: {found} is not supported; supported: {supported}"))
    {
    }
}
