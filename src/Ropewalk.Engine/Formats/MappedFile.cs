using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Ropewalk.Engine.Formats;

/// <summary>A file's bytes as read-only memory that the system fetches on use and may drop again. Only for files whose owner asked for it:
/// if another program shortens the file, touching what was cut off ends the process, and no handler can catch it.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _pointer;

    /// <summary>Maps an open file from its begin on.</summary>
    /// <param name="handle">Stays the caller's.</param>
    /// <param name="path">File to name in errors.</param>
    /// <param name="lengthBytes">Bytes to map, more than 0.</param>
    public MappedFile(SafeFileHandle handle, string path, long lengthBytes)
    {
        MemoryMappedFile? file = null;
        try
        {
            file = MemoryMappedFile.CreateFromFile(handle, null, lengthBytes, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            _view = file.CreateViewAccessor(0, lengthBytes, MemoryMappedFileAccess.Read);
            _file = file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            file?.Dispose();
            throw new CheckpointFormatException(path, "file", $"an error on mapping {lengthBytes} bytes into memory ({e.Message})", "a file that can be mapped; read it without mapping");
        }

        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _pointer);
        _pointer += _view.PointerOffset;
    }

    /// <summary>The file's first byte.</summary>
    /// <exception cref="ObjectDisposedException">The memory is gone.</exception>
    public byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_pointer == null, this);
            return _pointer;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_pointer != null)
        {
            _pointer = null;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }
}
