using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Runs;

/// <summary>The language model that a job is about, as it was trained, with its tokenizer.</summary>
internal sealed class JobModel : IDisposable
{
    private JobModel(LanguageModel model, Tokenizer tokenizer) => (Model, Tokenizer) = (model, tokenizer);

    /// <summary>The model.</summary>
    public LanguageModel Model { get; }

    /// <summary>Its tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The encoding as trained.</summary>
    public RopeGeometry Geometry => Model.Rope.Geometry;

    /// <summary>L.</summary>
    public int Original => Geometry.OriginalContext;

    /// <summary>Loads it, and refuses what no job can lengthen.</summary>
    /// <param name="path">Hugging Face folder or GGUF file.</param>
    /// <param name="mapped">Whether a GGUF file's blocks stay in the mapped file.</param>
    /// <exception cref="UnsupportedCheckpointException">Its encoding is scaled already.</exception>
    /// <exception cref="CheckpointFormatException">It is damaged, or the tokenizer has ids that it has not.</exception>
    public static JobModel Load(string path, bool mapped = false)
    {
        var model = ModelLoader.Load(path, mapped);
        try
        {
            ExtendJob.RequireUnscaled(model, path);
            var tokenizer = Tokenizer.Load(path);
            ExtendJob.RequireTokensInVocabulary(tokenizer, model, path);
            return new JobModel(model, tokenizer);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Refuses a step of the sliding window that would leave tokens out.</summary>
    /// <exception cref="UserInputException">It is longer than the window.</exception>
    public void RequireStride(int? stride)
    {
        if (stride > Original)
        {
            throw new UserInputException($"--window-stride: found {stride}, expected at most {Original}, the model's window");
        }
    }

    /// <inheritdoc />
    public void Dispose() => Model.Dispose();
}
