using Ropewalk.Lab.Runs.Records;

namespace Ropewalk.Tests.Durability;

/// <summary>A disk in memory that fails at one operation, and that keeps apart what would survive a power failure: file contents that were flushed,
/// and names in folders that were flushed.</summary>
internal sealed class MemoryFiles(int failAt = int.MaxValue, Failure failure = Failure.Error) : IRunFiles
{
    private const int NoSpace = 28;
    private Dictionary<string, Node> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Node> _flushedNames = new(StringComparer.Ordinal);
    private bool _isDead;
    private int _failAt = failAt;

    /// <summary>Operations so far.</summary>
    public int Operations { get; private set; }

    /// <summary>Locks and files that are open.</summary>
    public int NumOpen { get; private set; }

    /// <summary>A file's contents.</summary>
    public byte[] Contents(string path) => _names[path].Now;

    /// <summary>Every file there is.</summary>
    public IEnumerable<string> Names => _names.Keys;

    /// <summary>The machine starts again and nothing fails any more.</summary>
    public void Restart()
    {
        if (failure is Failure.PowerLoss or Failure.TornPowerLoss)
        {
            _names = new(_flushedNames, StringComparer.Ordinal);
            foreach (var node in _names.Values)
            {
                var kept = failure == Failure.PowerLoss ? node.Flushed.Length : Math.Max(node.Flushed.Length, (node.Flushed.Length + node.Now.Length) / 2);
                node.Now = [.. node.Flushed, .. node.Now.Length > node.Flushed.Length ? node.Now[node.Flushed.Length..kept] : []];
                node.Flushed = node.Now;
            }
        }

        (NumOpen, _isDead, _failAt) = (0, false, int.MaxValue);
    }

    /// <summary>Fails again after so many operations.</summary>
    public void FailAfter(int operations) => _failAt = Operations + operations;

    public void CreateFolder(string path) => Do();

    public void FlushFolder(string path)
    {
        Do();
        foreach (var name in _flushedNames.Keys.Concat(_names.Keys).Where(n => Path.GetDirectoryName(n) == path).ToList())
        {
            if (_names.TryGetValue(name, out var node))
            {
                _flushedNames[name] = node;
            }
            else
            {
                _flushedNames.Remove(name);
            }
        }
    }

    public IRunFile Open(string path, FileMode mode)
    {
        Do();
        var exists = _names.TryGetValue(path, out var node);
        if (mode == FileMode.CreateNew && exists)
        {
            throw new IOException($"{path} exists");
        }

        node ??= _names[path] = new Node();
        NumOpen++;
        return new MemoryFile(this, node);
    }

    public IDisposable Lock(string path)
    {
        Do();
        NumOpen++;
        return new MemoryFile(this, new Node());
    }

    public void Move(string from, string to)
    {
        Do();
        _names[to] = _names[from];
        _names.Remove(from);
    }

    public void Delete(string path)
    {
        Do();
        _names.Remove(path);
    }

    public bool Exists(string path) => _names.ContainsKey(path);

    private void Do(Action? half = null)
    {
        Operations++;
        if (_isDead || Operations == _failAt)
        {
            _isDead |= failure is Failure.PowerLoss or Failure.TornPowerLoss;
            half?.Invoke();
            throw failure == Failure.Full ? new IOException("no space left", NoSpace) : new IOException("the device failed");
        }
    }

    private sealed class Node
    {
        public byte[] Now { get; set; } = [];

        public byte[] Flushed { get; set; } = [];
    }

    private sealed class MemoryFile(MemoryFiles files, Node node) : IRunFile
    {
        private bool _isClosed;

        public long Length => node.Now.Length;

        public int Read(long offset, Span<byte> bytes)
        {
            var count = (int)Math.Clamp(node.Now.Length - offset, 0, bytes.Length);
            node.Now.AsSpan((int)Math.Min(offset, node.Now.Length), count).CopyTo(bytes);
            return count;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            var copy = bytes.ToArray();
            files.Do(() => Put(offset, copy[..(copy.Length / 2)]));
            Put(offset, copy);
        }

        public void Truncate(long length)
        {
            files.Do();
            node.Now = node.Now[..(int)length];
        }

        public void Flush()
        {
            files.Do();
            node.Flushed = node.Now;
        }

        public void Dispose()
        {
            if (!_isClosed)
            {
                _isClosed = true;
                files.NumOpen--;
            }
        }

        private void Put(long offset, byte[] bytes)
        {
            var now = new byte[Math.Max(node.Now.Length, offset + bytes.Length)];
            node.Now.CopyTo(now, 0);
            bytes.CopyTo(now, offset);
            node.Now = now;
        }
    }
}
