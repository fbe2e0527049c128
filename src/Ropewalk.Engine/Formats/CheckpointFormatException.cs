using Ropewalk.Positions;

namespace Ropewalk.Engine.Formats;

/// <summary>A checkpoint's file is missing, damaged or contradicts itself.</summary>
public sealed class CheckpointFormatException : RopewalkException
{
    /// <summary>Creates the error. The message reads "file: field: found X, expected Y".</summary>
    /// <param name="file">File (path as the user gave it, or a bare name).</param>
    /// <param name="field">Key, tensor or byte offset inside the file.</param>
    /// <param name="found">What was found there.</param>
    /// <param name="expected">What would have been right.</param>
    public CheckpointFormatException(string file, string field, string found, string expected)
        : base(Printable.OneLine($"{file}: {field}: found {found}, expected {expected}"))
    {
    }
}
