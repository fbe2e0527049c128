using System.Diagnostics;
using System.Text.Json;

namespace Ropewalk.Benchmarks.Training;

/// <summary>PyTorch in a process of its own (train_peer.py), asked line by line.</summary>
internal sealed class TorchPeer : IDisposable
{
    private readonly Process _python;

    private TorchPeer(Process python) => _python = python;

    /// <summary>Starts it, or gives null with the reason on standard error.</summary>
    public static TorchPeer? Start(string python)
    {
        using var probe = Process.Start(new ProcessStartInfo(python, ["-c", "import torch"]) { UseShellExecute = false, RedirectStandardError = true });
        probe!.WaitForExit();
        if (probe.ExitCode != 0)
        {
            Console.Error.WriteLine($"{python}: found no torch, expected it after apt-get install python3-torch: only our side is measured");
            return null;
        }

        var script = Path.Combine("bench", "Ropewalk.Benchmarks", "Training", "train_peer.py");
        return new TorchPeer(Process.Start(new ProcessStartInfo(python, [script]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!);
    }

    public JsonElement Build(TrainCase c, int threads) =>
        Ask(new { width = c.Width, layers = c.Layers, heads = c.Heads, feed_forward = c.FeedForward, vocabulary = c.Vocabulary, window = c.Window, batch = c.Batch, threads });

    public JsonElement Step() => Ask(new { step = true });

    public void Dispose()
    {
        _python.StandardInput.Close();
        _python.WaitForExit();
        _python.Dispose();
    }

    private JsonElement Ask(object job)
    {
        _python.StandardInput.WriteLine(JsonSerializer.Serialize(job));
        _python.StandardInput.Flush();
        return JsonElement.Parse(_python.StandardOutput.ReadLine() ?? throw new InvalidOperationException("python ended"));
    }
}
