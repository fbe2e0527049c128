using System.Text;

namespace Ropewalk.Lab.Runs.Records;

/// <summary>Writes a file so that its name stands for the old contents or the new ones, never for a part: a temporary file beside it, brought to
/// the disk, renamed, and the rename brought to the disk.</summary>
internal static class WholeFile
{
    /// <summary>End of a temporary file's name; a kill can leave one behind, the next write takes its place.</summary>
    public const string Temporary = ".tmp";

    /// <summary>Writes text as UTF-8.</summary>
    public static void Write(IRunFiles files, string path, string text)
    {
        var temporary = path + Temporary;
        files.Delete(temporary);
        try
        {
            using (var file = files.Open(temporary, FileMode.CreateNew))
            {
                file.Write(0, Encoding.UTF8.GetBytes(text));
                file.Flush();
            }

            files.Move(temporary, path);
        }
        catch (Exception e) when (Engine.Formats.StorageException.IsStorageFailure(e))
        {
            TryDelete(files, temporary);
            throw;
        }

        files.FlushFolder(Path.GetDirectoryName(path)!);
    }

    private static void TryDelete(IRunFiles files, string path)
    {
        try
        {
            files.Delete(path);
        }
        catch (Exception e) when (Engine.Formats.StorageException.IsStorageFailure(e))
        {
            // The first error is the one to report.
        }
    }
}
