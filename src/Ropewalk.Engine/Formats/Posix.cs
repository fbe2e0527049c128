using System.Runtime.InteropServices;

namespace Ropewalk.Engine.Formats;

/// <summary>The three things that .NET's file API does not offer on Unix. Each does nothing on systems where it is not known to work.</summary>
public static partial class Posix
{
    private const int CurrentFolder = -100;
    private const uint TypeOnly = 1;
    private const int StatxBytes = 256;
    private const int StatxModeOffset = 28;
    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;

    /// <summary>False if the path, links followed, exists and is neither a regular file nor unknowable: a pipe, a socket, a device, a folder.
    /// Opening a pipe would wait for ever, so this is asked before opening.</summary>
    internal static unsafe bool MayBeRegularFile(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return !Directory.Exists(path);
        }

        // The layout of statx is the kernel's and the same on every processor, unlike that of stat.
        var status = stackalloc byte[StatxBytes];
        try
        {
            return Statx(CurrentFolder, path, 0, TypeOnly, status) != 0
                || (*(ushort*)(status + StatxModeOffset) & TypeMask) == RegularType;
        }
        catch (EntryPointNotFoundException)
        {
            return !Directory.Exists(path);
        }
    }

    /// <summary>Brings a folder's entries (names made, renamed, removed) to the disk. Best effort: file systems that cannot are ignored.</summary>
    public static void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return;
        }

        var descriptor = Open(folder, 0);
        if (descriptor >= 0)
        {
            _ = Fsync(descriptor);
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
