using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Ropewalk.Peer.Native;

namespace Ropewalk.Peer.Commands;

/// <summary>Which llama.cpp this is, and which of its backends the machine got.</summary>
internal static unsafe class InfoCommand
{
    /// <summary>Runs it.</summary>
    public static JsonObject Run(Arguments arguments)
    {
        arguments.Finish();
        LlamaLibrary.Load();
        var devices = new JsonArray();
        for (nuint i = 0; i < LlamaNative.ggml_backend_dev_count(); i++)
        {
            var device = LlamaNative.ggml_backend_dev_get(i);
            devices.Add((JsonNode)new JsonObject { ["name"] = Text(LlamaNative.ggml_backend_dev_name(device)), ["description"] = Text(LlamaNative.ggml_backend_dev_description(device)) });
        }

        return new JsonObject
        {
            ["folder"] = LibraryFolder.Path,
            ["llama_version"] = Text(LlamaNative.llama_version()),
            ["ggml_version"] = Text(LlamaNative.ggml_version()),
            ["ggml_commit"] = Text(LlamaNative.ggml_commit()),
            ["backends"] = new JsonArray([.. Backends().Select(b => JsonValue.Create(b))]),
            ["devices"] = devices,
            ["features"] = Text(LlamaNative.llama_print_system_info()),
            ["struct_bytes"] = new JsonObject
            {
                ["llama_model_params"] = sizeof(LlamaNative.ModelParams),
                ["llama_context_params"] = sizeof(LlamaNative.ContextParams),
                ["llama_model_quantize_params"] = sizeof(LlamaNative.QuantizeParams),
                ["llama_batch"] = sizeof(LlamaNative.Batch),
            },
        };
    }

    // ggml keeps no name of the variant that it chose: the process's own map of files tells.
    private static IEnumerable<string> Backends() =>
        File.ReadLines("/proc/self/maps").Select(l => Path.GetFileName(l.Split(' ')[^1])).Where(f => f.StartsWith("libggml-", StringComparison.Ordinal) && !f.StartsWith("libggml-base", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal);

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}
