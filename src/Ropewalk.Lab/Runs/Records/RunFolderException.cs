using Ropewalk.Engine.Formats;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Runs.Records;

/// <summary>A run folder cannot be used as it is: damaged, of another version, made from other inputs, in use, or none at all. The message says
/// what was found where, and the way out.</summary>
public sealed class RunFolderException : RopewalkException
{
    /// <summary>Creates the error; the message reads "file: field: found X, expected Y; way out".</summary>
    /// <param name="file">File or folder.</param>
    /// <param name="field">Where in it.</param>
    /// <param name="found">What is there.</param>
    /// <param name="expected">What would have been right.</param>
    /// <param name="wayOut">What the reader can do.</param>
    public RunFolderException(string file, string field, string found, string expected, string wayOut)
        : base(Printable.OneLine($"{file}: {field}: found {found}, expected {expected}; {wayOut}"))
    {
    }
}
