using Ropewalk.Positions;

namespace Ropewalk.Engine.Formats;

/// <summary>Something could not be written: the disk is full, a quota or size limit was reached, permission is missing, the device fails.</summary>
public sealed class StorageException : RopewalkException
{
    private const int WindowsErrors = unchecked((int)0x80070000);

    private StorageException(string message, bool isDiskFull, Exception? cause)
        : base(Printable.OneLine(message), cause!) => IsDiskFull = isDiskFull;

    /// <summary>True if space was missing, so that the same write can succeed once there is more.</summary>
    public bool IsDiskFull { get; }

    /// <summary>True for the exceptions that .NET's file API throws when writing fails for a reason outside of the program.</summary>
    public static bool IsStorageFailure(Exception exception) =>
        exception is IOException or UnauthorizedAccessException || IsFileTooLarge(exception);

    /// <summary>Makes the one-line error. The message reads "path: problem; kept".</summary>
    /// <param name="path">What was being written.</param>
    /// <param name="cause">A failure for which <see cref="IsStorageFailure"/> holds.</param>
    /// <param name="kept">What is on the disk now, e.g. "nothing was left behind".</param>
    /// <param name="neededBytes">Bytes that the whole write needs, if known.</param>
    public static StorageException From(string path, Exception cause, string kept, long? neededBytes = null)
    {
        if (IsOutOfSpace(cause))
        {
            return DiskFull(path, kept, neededBytes, cause);
        }

        var problem = cause is UnauthorizedAccessException ? "no permission to write" : $"writing failed ({cause.Message})";
        return new StorageException($"{path}: {problem}; {kept}", isDiskFull: false, cause);
    }

    /// <summary>Makes the error for missing space, with the bytes that are needed and those that are free.</summary>
    public static StorageException DiskFull(string path, string kept, long? neededBytes = null, Exception? cause = null)
    {
        var needed = neededBytes is { } bytes ? $", {bytes} bytes are needed" : "";
        var free = FreeBytes(path) is { } available ? $", {available} are free" : "";
        return new StorageException($"{path}: the disk is full or a size limit is reached{needed}{free}; {kept}", isDiskFull: true, cause);
    }

    /// <summary>Bytes that may still be written where the path lies, or null where that cannot be known.</summary>
    internal static long? FreeBytes(string path)
    {
        try
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(path));
            return folder is null ? null : new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static bool IsOutOfSpace(Exception cause)
    {
        const int NoSpace = 28;
        const int QuotaOnLinux = 122;
        const int QuotaOnMac = 69;
        const int WindowsHandleDiskFull = WindowsErrors | 0x27;
        const int WindowsDiskFull = WindowsErrors | 0x70;
        return IsFileTooLarge(cause) || (cause is IOException && cause.HResult switch
        {
            NoSpace => !OperatingSystem.IsWindows(),
            QuotaOnLinux => OperatingSystem.IsLinux(),
            QuotaOnMac => OperatingSystem.IsMacOS(),
            WindowsDiskFull or WindowsHandleDiskFull => true,
            _ => false,
        });
    }

    /// <summary>.NET reports a write beyond RLIMIT_FSIZE or the file system's largest file as an argument error without a value.</summary>
    private static bool IsFileTooLarge(Exception cause) =>
        cause is ArgumentOutOfRangeException { ParamName: "value", ActualValue: null };
}
