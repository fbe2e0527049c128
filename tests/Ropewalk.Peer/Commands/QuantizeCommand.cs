using System.Text.Json.Nodes;
using Ropewalk.Peer.Native;

namespace Ropewalk.Peer.Commands;

/// <summary>Writes a GGUF file in another type with llama.cpp's own quantization.</summary>
internal static unsafe class QuantizeCommand
{
    // llama_ftype's numbers.
    private static readonly Dictionary<string, int> s_types = new(StringComparer.Ordinal)
    {
        ["F32"] = 0,
        ["F16"] = 1,
        ["Q4_0"] = 2,
        ["Q4_1"] = 3,
        ["Q8_0"] = 7,
        ["Q5_0"] = 8,
        ["Q5_1"] = 9,
        ["Q4_K_S"] = 14,
        ["Q4_K_M"] = 15,
        ["Q5_K_S"] = 16,
        ["Q5_K_M"] = 17,
        ["Q6_K"] = 18,
        ["BF16"] = 32,
    };

    /// <summary>Runs it.</summary>
    public static JsonObject Run(Arguments arguments)
    {
        var threads = arguments.Number("--threads", 2, 1, 1024);
        var pure = arguments.Flag("--pure");
        var again = arguments.Flag("--allow-requantize");
        var input = arguments.ExistingFile("IN.gguf");
        var output = arguments.Positional("OUT.gguf");
        var type = arguments.Positional("TYPE");
        arguments.Finish();
        if (!s_types.TryGetValue(type, out var fileType))
        {
            throw new PeerInputException($"TYPE: found \"{type}\", expected {string.Join(", ", s_types.Keys)}");
        }

        // llama.cpp maps the input while it writes: the same file would destroy itself.
        if (File.Exists(output))
        {
            throw new PeerInputException($"{output}: found a file, expected a name that is free");
        }

        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(output))))
        {
            throw new PeerInputException($"{output}: found no such folder, expected one to write into");
        }

        LlamaLibrary.Load();
        var parameters = LlamaNative.llama_model_quantize_default_params();
        parameters.Threads = threads;
        parameters.FileType = fileType;
        parameters.Pure = pure ? (byte)1 : (byte)0;
        parameters.AllowRequantize = again ? (byte)1 : (byte)0;
        if (LlamaNative.llama_model_quantize(input, output, &parameters) != 0)
        {
            File.Delete(output);
            throw new PeerInputException($"{input}: llama.cpp cannot write it as {type} to {output}: {LlamaLog.LastErrors}");
        }

        return new JsonObject { ["out"] = output, ["type"] = type, ["pure"] = pure, ["bytes_in"] = new FileInfo(input).Length, ["bytes_out"] = new FileInfo(output).Length };
    }
}
