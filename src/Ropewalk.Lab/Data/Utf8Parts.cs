using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Data;

/// <summary>Reads a UTF-8 text part by part, without its byte order mark. What is no UTF-8 is refused with its offset, or becomes U+FFFD
/// on request.</summary>
/// <param name="stream">The bytes; not disposed here.</param>
/// <param name="name">What a complaint calls them.</param>
/// <param name="replace">Whether bytes that are no UTF-8 become U+FFFD, one for each broken character.</param>
public sealed class Utf8Parts(Stream stream, string name, bool replace)
{
    private readonly byte[] _bytes = new byte[1 << 16];
    private readonly char[] _chars = new char[1 << 16];
    private int _held;
    private bool _begun;
    private bool _ended;

    /// <summary>Bytes read so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many broken characters have become U+FFFD.</summary>
    public long Replaced { get; private set; }

    /// <summary>The next part, or an empty one at the end. Parts end between characters; the memory is used again for the next.</summary>
    /// <exception cref="UserInputException">A byte is not UTF-8 and is not to be replaced.</exception>
    public ReadOnlySpan<char> Next()
    {
        var count = 0;
        while (count == 0 && !(_ended && _held == 0))
        {
            Fill();
            count = Decode();
        }

        return _chars.AsSpan(0, count);
    }

    private void Fill()
    {
        while (!_ended && _held < _bytes.Length)
        {
            var read = stream.Read(_bytes.AsSpan(_held));
            _ended = read == 0;
            _held += read;
            Bytes += read;
        }

        if (!_begun)
        {
            _begun = true;
            if (_bytes.AsSpan(0, _held).StartsWith(Encoding.UTF8.Preamble))
            {
                Drop(Encoding.UTF8.Preamble.Length);
            }
        }
    }

    private int Decode()
    {
        var (done, count) = (0, 0);
        while (true)
        {
            var status = Utf8.ToUtf16(_bytes.AsSpan(done, _held - done), _chars.AsSpan(count), out var read, out var written, replaceInvalidSequences: false, isFinalBlock: _ended);
            done += read;
            count += written;
            if (status != OperationStatus.InvalidData || count == _chars.Length)
            {
                break;
            }

            if (!replace)
            {
                throw new UserInputException(
                    $"{name}: found a byte that is not UTF-8 at offset {Bytes - _held + done}, expected UTF-8 text (--encoding-errors replace reads it as U+FFFD)");
            }

            _ = Rune.DecodeFromUtf8(_bytes.AsSpan(done, _held - done), out _, out var broken);
            done += broken;
            _chars[count++] = '\uFFFD';
            Replaced++;
        }

        Drop(done);
        return count;
    }

    private void Drop(int count)
    {
        _bytes.AsSpan(count, _held - count).CopyTo(_bytes);
        _held -= count;
    }
}
