using System.Text;
using Ropewalk.Peer.Native;

namespace Ropewalk.Peer;

/// <summary>A GGUF file opened by llama.cpp.</summary>
internal sealed unsafe class LoadedModel : IDisposable
{
    /// <summary>Opens it.</summary>
    /// <param name="path">A file that exists.</param>
    /// <param name="vocabularyOnly">Leaves the weights out.</param>
    public LoadedModel(string path, bool vocabularyOnly = false)
    {
        LlamaLibrary.Load();
        Path = path;
        var parameters = LlamaNative.llama_model_default_params();
        parameters.NumGpuLayers = 0;
        parameters.VocabularyOnly = vocabularyOnly ? (byte)1 : (byte)0;
        Handle = LlamaNative.llama_model_load_from_file(path, parameters);
        if (Handle == 0)
        {
            throw new PeerInputException($"{path}: llama.cpp cannot load it: {LlamaLog.LastErrors}");
        }

        Vocabulary = LlamaNative.llama_model_get_vocab(Handle);
        VocabularySize = LlamaNative.llama_vocab_n_tokens(Vocabulary);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>llama_model *.</summary>
    public nint Handle { get; private set; }

    /// <summary>llama_vocab *.</summary>
    public nint Vocabulary { get; }

    /// <summary>Tokens.</summary>
    public int VocabularySize { get; }

    /// <summary>general.architecture.</summary>
    public string Architecture => Metadata("general.architecture") ?? "";

    /// <summary>Architecture, size and type of the file in llama.cpp's words.</summary>
    public string Description => Text((buffer, size) => LlamaNative.llama_model_desc(Handle, (byte*)buffer, size)) ?? "";

    /// <summary>A value of the file's metadata as text, or null where the file has none.</summary>
    public string? Metadata(string key) => Text((buffer, size) => LlamaNative.llama_model_meta_val_str(Handle, key, (byte*)buffer, size));

    /// <summary>Refuses ids that the vocabulary does not have, before llama.cpp sees them.</summary>
    public void RequireTokens(string source, ReadOnlySpan<int> tokens)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            if (tokens[i] < 0 || tokens[i] >= VocabularySize)
            {
                throw new PeerInputException($"{source}: token {i}: found {tokens[i]}, expected 0 to {VocabularySize - 1}");
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (Handle != 0)
        {
            LlamaNative.llama_model_free(Handle);
            Handle = 0;
        }
    }

    private static string? Text(Func<nint, nuint, int> fill)
    {
        var buffer = new byte[512];
        fixed (byte* start = buffer)
        {
            var length = fill((nint)start, (nuint)buffer.Length);
            return length < 0 ? null : Encoding.UTF8.GetString(buffer, 0, Math.Min(length, buffer.Length - 1));
        }
    }
}
