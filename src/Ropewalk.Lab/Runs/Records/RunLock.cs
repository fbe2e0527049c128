using Ropewalk.Engine.Formats;

namespace Ropewalk.Lab.Runs.Records;

/// <summary>Keeps a second process out of a run. The lock is the system's and ends with the process, however that ends: no file that is left behind
/// locks anybody out. Who holds it is written beside it, for the message alone.</summary>
internal sealed class RunLock : IDisposable
{
    /// <summary>Name of the file that is locked.</summary>
    public const string LockName = "lock";

    /// <summary>Name of the file that says who holds it.</summary>
    public const string HolderName = "holder";

    private const int Tries = 10;
    private const int WaitMilliseconds = 50;
    private readonly IRunFiles _files;
    private readonly IDisposable _handle;
    private readonly string _holder;

    private RunLock(IRunFiles files, IDisposable handle, string holder) => (_files, _handle, _holder) = (files, handle, holder);

    /// <summary>Takes the lock.</summary>
    /// <exception cref="RunFolderException">Another process has it.</exception>
    public static RunLock Take(IRunFiles files, string folder)
    {
        var holder = Path.Combine(folder, HolderName);
        var handle = TakeHandle(files, folder, holder);
        try
        {
            WholeFile.Write(files, holder, $"process {Environment.ProcessId} on {Environment.MachineName}\n");
        }
        catch
        {
            handle.Dispose();
            throw;
        }

        return new RunLock(files, handle, holder);
    }

    /// <summary>Whether a process works on a run. Needs no right to write.</summary>
    public static bool IsHeld(string folder)
    {
        var path = Path.Combine(folder, LockName);
        try
        {
            // A shared lock: two that look at once do not see each other.
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        try
        {
            _files.Delete(_holder);
        }
        catch (Exception e) when (StorageException.IsStorageFailure(e))
        {
            // It only says who held a lock that nobody holds any more.
        }

        _handle.Dispose();
    }

    private static IDisposable TakeHandle(IRunFiles files, string folder, string holder)
    {
        // A process that only looks (IsHeld) is in the way for a moment.
        for (var i = 1; ; i++)
        {
            try
            {
                return files.Lock(Path.Combine(folder, LockName));
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException) && IsSharing(e))
            {
                if (i == Tries)
                {
                    throw new RunFolderException(folder, LockName, $"it held by {WhoHolds(holder)}", "a run that no process works on", "wait for it, or stop it");
                }

                Thread.Sleep(WaitMilliseconds);
            }
        }
    }

    // EWOULDBLOCK on Linux and on macOS, ERROR_SHARING_VIOLATION on Windows; a full disk is another matter.
    private static bool IsSharing(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static string WhoHolds(string holder)
    {
        try
        {
            using var file = DiskFiles.OpenToRead(holder);
            var bytes = new byte[200];
            return Printable.OneLine(System.Text.Encoding.UTF8.GetString(bytes, 0, file.Read(0, bytes)).Trim());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }
}
