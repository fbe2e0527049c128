using System.Runtime.InteropServices;

namespace Ropewalk.Peer.Native;

/// <summary>The part of llama.h and ggml-backend.h (llama.cpp v0.5.0) that the peer calls. A C bool is a byte here.</summary>
internal static unsafe partial class LlamaNative
{
    /// <summary>Log level of an error.</summary>
    public const int LogError = 4;

    /// <summary>Log level of a piece that goes on with the line before.</summary>
    public const int LogContinued = 5;

    private const string Llama = "llama";
    private const string Ggml = "ggml";
    private const string GgmlBase = "ggml-base";

    [LibraryImport(Llama)]
    public static partial byte* llama_version();

    [LibraryImport(GgmlBase)]
    public static partial byte* ggml_version();

    [LibraryImport(GgmlBase)]
    public static partial byte* ggml_commit();

    [LibraryImport(GgmlBase)]
    public static partial nint ggml_set_abort_callback(delegate* unmanaged<byte*, void> callback);

    [LibraryImport(Llama)]
    public static partial void llama_log_set(delegate* unmanaged<int, byte*, void*, void> callback, void* data);

    [LibraryImport(Ggml, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void ggml_backend_load_all_from_path(string folder);

    [LibraryImport(Ggml)]
    public static partial nuint ggml_backend_dev_count();

    [LibraryImport(Ggml)]
    public static partial nint ggml_backend_dev_get(nuint index);

    [LibraryImport(GgmlBase)]
    public static partial byte* ggml_backend_dev_name(nint device);

    [LibraryImport(GgmlBase)]
    public static partial byte* ggml_backend_dev_description(nint device);

    [LibraryImport(Llama)]
    public static partial byte* llama_print_system_info();

    [LibraryImport(Llama)]
    public static partial ModelParams llama_model_default_params();

    [LibraryImport(Llama)]
    public static partial ContextParams llama_context_default_params();

    [LibraryImport(Llama)]
    public static partial QuantizeParams llama_model_quantize_default_params();

    [LibraryImport(Llama, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint llama_model_load_from_file(string path, ModelParams parameters);

    [LibraryImport(Llama)]
    public static partial void llama_model_free(nint model);

    [LibraryImport(Llama)]
    public static partial nint llama_init_from_model(nint model, ContextParams parameters);

    [LibraryImport(Llama)]
    public static partial void llama_free(nint context);

    [LibraryImport(Llama)]
    public static partial uint llama_n_ctx_seq(nint context);

    [LibraryImport(Llama)]
    public static partial nint llama_get_memory(nint context);

    [LibraryImport(Llama)]
    public static partial void llama_memory_clear(nint memory, byte data);

    [LibraryImport(Llama)]
    public static partial int llama_decode(nint context, Batch batch);

    [LibraryImport(Llama)]
    public static partial void llama_synchronize(nint context);

    [LibraryImport(Llama)]
    public static partial float* llama_get_logits(nint context);

    [LibraryImport(Llama)]
    public static partial float* llama_get_embeddings(nint context);

    [LibraryImport(Llama)]
    public static partial float* llama_get_embeddings_seq(nint context, int sequence);

    [LibraryImport(Llama)]
    public static partial int llama_model_n_embd(nint model);

    [LibraryImport(Llama)]
    public static partial nint llama_model_get_vocab(nint model);

    [LibraryImport(Llama)]
    public static partial int llama_vocab_n_tokens(nint vocabulary);

    [LibraryImport(Llama)]
    public static partial int llama_model_n_ctx_train(nint model);

    [LibraryImport(Llama)]
    public static partial int llama_model_rope_type(nint model);

    [LibraryImport(Llama)]
    public static partial float llama_model_rope_freq_scale_train(nint model);

    [LibraryImport(Llama)]
    public static partial ulong llama_model_n_params(nint model);

    [LibraryImport(Llama)]
    public static partial ulong llama_model_size(nint model);

    [LibraryImport(Llama)]
    public static partial int llama_model_desc(nint model, byte* buffer, nuint size);

    [LibraryImport(Llama, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int llama_model_meta_val_str(nint model, string key, byte* buffer, nuint size);

    [LibraryImport(Llama)]
    public static partial int llama_tokenize(nint vocabulary, byte* text, int length, int* tokens, int most, byte addSpecial, byte parseSpecial);

    [LibraryImport(Llama)]
    public static partial int llama_detokenize(nint vocabulary, int* tokens, int count, byte* text, int most, byte removeSpecial, byte unparseSpecial);

    [LibraryImport(Llama, StringMarshalling = StringMarshalling.Utf8)]
    public static partial uint llama_model_quantize(string input, string output, QuantizeParams* parameters);

    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void ExitAtOnce(int code);

    /// <summary>llama_model_params, 80 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ModelParams
    {
        public nint Devices;
        public nint TensorBufferOverrides;
        public int NumGpuLayers;
        public int SplitMode;
        public int LoadMode;
        public int LazyMode;
        public int MainGpu;
        public nint TensorSplit;
        public nint ProgressCallback;
        public nint ProgressData;
        public nint KeyValueOverrides;
        public byte VocabularyOnly;
        public byte CheckTensors;
        public byte UseExtraBuffers;
        public byte NoHost;
        public byte NoAllocation;
        public byte LoadMtp;
    }

    /// <summary>llama_context_params, 160 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ContextParams
    {
        public uint Context;
        public uint Batch;
        public uint MicroBatch;
        public uint Sequences;
        public uint RecurrentSnapshots;
        public uint MostOutputs;
        public uint MostOutputsPerSequence;
        public int Threads;
        public int BatchThreads;
        public int ContextType;
        public int RopeScaling;
        public int Pooling;
        public int Attention;
        public int FlashAttention;
        public float RopeFreqBase;
        public float RopeFreqScale;
        public float YarnExtFactor;
        public float YarnAttnFactor;
        public float YarnBetaFast;
        public float YarnBetaSlow;
        public uint YarnOrigCtx;
        public float DefragThreshold;
        public nint EvalCallback;
        public nint EvalData;
        public int TypeK;
        public int TypeV;
        public nint AbortCallback;
        public nint AbortData;
        public byte Embeddings;
        public byte OffloadKqv;
        public byte NoPerf;
        public byte OpOffload;
        public byte SwaFull;
        public byte KvUnified;
        public nint Samplers;
        public nuint NumSamplers;
        public nint OtherContext;
    }

    /// <summary>llama_model_quantize_params, 64 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct QuantizeParams
    {
        public int Threads;
        public int FileType;
        public int OutputTensorType;
        public int TokenEmbeddingType;
        public byte AllowRequantize;
        public byte QuantizeOutputTensor;
        public byte OnlyCopy;
        public byte Pure;
        public byte KeepSplit;
        public byte DryRun;
        public nint ImportanceMatrix;
        public nint KeyValueOverrides;
        public nint TensorOverrides;
        public nint PrunedLayers;
        public nuint MostBufferBytes;
    }

    /// <summary>llama_batch, 56 bytes. Absent positions and sequences mean: the next positions of sequence 0.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Batch
    {
        public int NumTokens;
        public int* Tokens;
        public float* Embeddings;
        public int* Positions;
        public int* NumSequences;
        public int** Sequences;
        public byte* Logits;
    }
}
