namespace Ropewalk.Peer.Native;

/// <summary>Loads the library once, checks that its structures are the declared ones, and loads its backends.</summary>
internal static unsafe class LlamaLibrary
{
    private static readonly Lazy<bool> s_loaded = new(() =>
    {
        LibraryFolder.Use();
        CheckLayout();
        LlamaLog.TakeOver();

        // Without a backend every model would be null.
        LlamaNative.ggml_backend_load_all_from_path(LibraryFolder.Path);
        return LlamaNative.ggml_backend_dev_count() > 0
            ? true
            : throw new LibraryException($"{LibraryFolder.Path}: found no backend that this machine can run, expected libggml-cpu*.so: {LlamaLog.LastErrors}");
    });

    /// <summary>Loads it if that has not been done.</summary>
    public static void Load()
    {
        try
        {
            _ = s_loaded.Value;
        }
        catch (EntryPointNotFoundException e)
        {
            throw new LibraryException($"{LibraryFolder.Path}: another llama.cpp than the declared v0.5.0: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    // The defaults lie all over the structures: where one is not found in its place, something was added or removed before it.
    private static void CheckLayout()
    {
        var context = LlamaNative.llama_context_default_params();
        Check("n_ctx", context.Context, 512);
        Check("n_batch", context.Batch, 2048);
        Check("flash_attn_type", context.FlashAttention, -1);
        Check("yarn_beta_slow", context.YarnBetaSlow, -1);
        Check("type_k", context.TypeK, 1);
        Check("type_v", context.TypeV, 1);
        Check("offload_kqv", context.OffloadKqv, 1);
        Check("kv_unified", context.KvUnified, 0);
        Check("n_samplers", context.NumSamplers, 0);
        var model = LlamaNative.llama_model_default_params();
        Check("n_gpu_layers", model.NumGpuLayers, -1);
        Check("split_mode", model.SplitMode, 1);
        Check("load_mode", model.LoadMode, -1);
        Check("use_extra_bufts", model.UseExtraBuffers, 1);
        Check("no_alloc", model.NoAllocation, 0);
        var quantize = LlamaNative.llama_model_quantize_default_params();
        Check("ftype", quantize.FileType, 7);
        Check("quantize_output_tensor", quantize.QuantizeOutputTensor, 1);
        Check("pure", quantize.Pure, 0);
        Check("max_buf_size", quantize.MostBufferBytes, 8d * 1024 * 1024 * 1024);
    }

    private static void Check(string field, double found, double expected)
    {
        if (found != expected)
        {
            throw new LibraryException($"{LibraryFolder.Path}: default of {field}: found {found}, expected {expected}: this llama.cpp's structures are not those of v0.5.0, for which Native/LlamaNative.cs is written");
        }
    }
}
