using System.Globalization;
using System.Text.Json.Nodes;
using Ropewalk.Peer.Native;

namespace Ropewalk.Peer.Commands;

/// <summary>What llama.cpp understood of a model: a comparison is worth nothing where it read something else than we did.</summary>
internal static class ModelReport
{
    /// <summary>The start of a command's result.</summary>
    public static JsonObject Of(LoadedModel model) => new()
    {
        ["model"] = model.Path,
        ["architecture"] = model.Architecture,
        ["description"] = model.Description,
        ["parameters"] = LlamaNative.llama_model_n_params(model.Handle),
        ["tensor_bytes"] = LlamaNative.llama_model_size(model.Handle),
        ["vocabulary"] = model.VocabularySize,
        ["n_ctx_train"] = LlamaNative.llama_model_n_ctx_train(model.Handle),
        ["rope_type"] = LlamaNative.llama_model_rope_type(model.Handle) switch { -1 => "none", 0 => "norm", 2 => "neox", var other => other.ToString(CultureInfo.InvariantCulture) },
        ["rope_freq_base"] = model.Metadata($"{model.Architecture}.rope.freq_base"),
        ["rope_freq_scale_train"] = LlamaNative.llama_model_rope_freq_scale_train(model.Handle),
    };
}
