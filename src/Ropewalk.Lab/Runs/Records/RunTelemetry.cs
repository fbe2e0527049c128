using System.Text.Json;

namespace Ropewalk.Lab.Runs.Records;

/// <summary>telemetry.jsonl: a line for each thing that happened, with its time. Nothing is ever computed from it.</summary>
internal sealed class RunTelemetry : IDisposable
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "telemetry.jsonl";

    private static readonly JsonSerializerOptions s_line = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private readonly IRunFile _file;
    private readonly TimeProvider _clock;
    private long _end;

    /// <summary>Opens the file at its end; a line that a kill tore is ended first.</summary>
    public RunTelemetry(IRunFiles files, string path, TimeProvider clock)
    {
        _clock = clock;
        _file = files.Open(path, FileMode.OpenOrCreate);
        _end = _file.Length;
        Span<byte> last = stackalloc byte[1];
        if (_end > 0 && _file.Read(_end - 1, last) == 1 && last[0] != '\n')
        {
            Write("\n"u8);
        }
    }

    /// <summary>Appends a line. It is not worth waiting for the disk.</summary>
    public void Append(string what, object data) => Write([.. JsonSerializer.SerializeToUtf8Bytes(new { time = _clock.GetUtcNow(), what, data }, s_line), (byte)'\n']);

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _file.Write(_end, bytes);
        _end += bytes.Length;
    }
}
