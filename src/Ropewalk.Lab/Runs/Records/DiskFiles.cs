using Microsoft.Win32.SafeHandles;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Lab.Runs.Records;

/// <summary>The disk.</summary>
internal sealed class DiskFiles : IRunFiles
{
    /// <inheritdoc />
    public void CreateFolder(string path) => Directory.CreateDirectory(path);

    /// <inheritdoc />
    public void FlushFolder(string path) => Posix.FlushFolder(path);

    /// <inheritdoc />
    public IRunFile Open(string path, FileMode mode) => new DiskFile(File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.Read));

    /// <summary>Opens a file to look at it while another process may write to it.</summary>
    public static IRunFile OpenToRead(string path) => new DiskFile(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    /// <inheritdoc />
    public IDisposable Lock(string path) => File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    /// <inheritdoc />
    public void Move(string from, string to) => File.Move(from, to, overwrite: true);

    /// <inheritdoc />
    public void Delete(string path) => File.Delete(path);

    /// <inheritdoc />
    public bool Exists(string path) => File.Exists(path);

    private sealed class DiskFile(SafeFileHandle handle) : IRunFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(long offset, Span<byte> bytes)
        {
            var total = 0;
            while (total < bytes.Length && RandomAccess.Read(handle, bytes[total..], offset + total) is var read and > 0)
            {
                total += read;
            }

            return total;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

        public void Truncate(long length) => RandomAccess.SetLength(handle, length);

        public void Flush() => RandomAccess.FlushToDisk(handle);

        public void Dispose() => handle.Dispose();
    }
}
