using System.Diagnostics;
using System.Text.Json;

namespace Ropewalk.Benchmarks;

/// <summary>@huggingface/tokenizers in a Node process of its own (tokenizers-js), asked line by line.</summary>
internal sealed class JavaScriptTokenizers : IDisposable
{
    private readonly Process _node;

    private JavaScriptTokenizers(Process node) => _node = node;

    /// <summary>What a round took, and what tells whether both sides found the same ids.</summary>
    public sealed record Round(double CpuSeconds, double WallSeconds, int Count, uint Checksum);

    /// <summary>Starts it, or gives null with the reason on standard error.</summary>
    public static JavaScriptTokenizers? Start(string folder)
    {
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "@huggingface", "tokenizers")))
        {
            Console.Error.WriteLine($"{folder}: found no @huggingface/tokenizers, expected it after npm ci --ignore-scripts in that folder: only our side is measured");
            return null;
        }

        var start = new ProcessStartInfo("node", [Path.Combine(folder, "encode.mjs")]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        return new JavaScriptTokenizers(Process.Start(start)!);
    }

    public void Load(string tokenizer, string? config) => Ask(new { load = tokenizer, config });

    public Round Encode(string texts)
    {
        var answer = Ask(new { texts });
        return new Round(
            answer.GetProperty("cpu").GetDouble(), answer.GetProperty("wall").GetDouble(), answer.GetProperty("count").GetInt32(), answer.GetProperty("checksum").GetUInt32());
    }

    public void Dispose()
    {
        _node.StandardInput.Close();
        _node.WaitForExit();
        _node.Dispose();
    }

    private JsonElement Ask(object job)
    {
        _node.StandardInput.WriteLine(JsonSerializer.Serialize(job));
        _node.StandardInput.Flush();
        return JsonElement.Parse(_node.StandardOutput.ReadLine() ?? throw new InvalidOperationException("node ended"));
    }
}
