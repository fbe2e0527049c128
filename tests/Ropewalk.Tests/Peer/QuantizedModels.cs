using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Lab.Data;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Peer;

/// <summary>Small random models as F32 files that we wrote, for llama.cpp to quantize, and what it makes of them: each asked for once.</summary>
public sealed class QuantizedModels : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, float[][]> _logits = new(StringComparer.Ordinal);

    /// <summary>What every model is given.</summary>
    public int[] Tokens { get; } = RandomTokens(96);

    public void Dispose() => _folder.Dispose();

    /// <summary>The F32 file of one of <see cref="SmallConfigs.WholeBlocks"/>.</summary>
    public string File(string name)
    {
        var file = _folder.PathOf($"{name}.gguf");
        if (!System.IO.File.Exists(file))
        {
            using var source = new TemporaryFolder();
            RandomCheckpoint.Write(source, SmallConfigs.WholeBlocks[name], 900);
            using var checkpoint = CheckpointFolder.Open(source.Root);
            GgufExport.Write(checkpoint, file, null, metadata => metadata.Set("tokenizer.ggml.model", "no_vocab"));
        }

        return file;
    }

    /// <summary>llama.cpp's logits of that file.</summary>
    public float[][] Logits(string name) =>
        _logits.TryGetValue(name, out var logits) ? logits : _logits[name] = LlamaCpp.Logits(File(name), Tokens);

    private static int[] RandomTokens(int count)
    {
        var random = new CounterRandom(8);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextInt(1003))];
    }
}
