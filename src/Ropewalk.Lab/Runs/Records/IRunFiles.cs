namespace Ropewalk.Lab.Runs.Records;

/// <summary>Every operation of a run folder on the disk goes through here, so that a test can make each one fail. Failures are the exceptions
/// of .NET's file API.</summary>
internal interface IRunFiles
{
    /// <summary>Makes a folder and its parents; does nothing where it exists.</summary>
    void CreateFolder(string path);

    /// <summary>Brings a folder's entries to the disk.</summary>
    void FlushFolder(string path);

    /// <summary>Opens a file for reading and writing, with all others kept from writing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode"><see cref="FileMode.CreateNew"/>, <see cref="FileMode.OpenOrCreate"/> or <see cref="FileMode.Open"/>.</param>
    IRunFile Open(string path, FileMode mode);

    /// <summary>Takes a file as a lock that the system frees with the process, however that ends.</summary>
    /// <exception cref="IOException">Another process has it.</exception>
    IDisposable Lock(string path);

    /// <summary>Renames over whatever has the new name.</summary>
    void Move(string from, string to);

    /// <summary>Removes a file; does nothing where there is none.</summary>
    void Delete(string path);

    /// <summary>Whether there is such a file.</summary>
    bool Exists(string path);
}

/// <summary>An open file of a run folder.</summary>
internal interface IRunFile : IDisposable
{
    /// <summary>Bytes of the file.</summary>
    long Length { get; }

    /// <summary>Reads up to a span's length; fewer only at the end.</summary>
    int Read(long offset, Span<byte> bytes);

    /// <summary>Writes all bytes.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Cuts the file.</summary>
    void Truncate(long length);

    /// <summary>Returns when the contents are on the disk.</summary>
    void Flush();
}
