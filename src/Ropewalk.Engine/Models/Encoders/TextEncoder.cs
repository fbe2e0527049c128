using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Positions;

namespace Ropewalk.Engine.Models.Encoders;

/// <summary>A model that turns each token of a text into a row of numbers: an encoder, or a decoder without its head. It knows nothing of
/// tokenization or pooling.</summary>
public abstract class TextEncoder : IDisposable
{
    /// <summary>Keeps what every model has.</summary>
    protected TextEncoder(string name, string architecture, ModelShape shape, RopeConfig? rope, int window)
    {
        (Name, Architecture, Shape, Rope, Window) = (name, architecture, shape, rope, window);
    }

    /// <summary>The folder's or file's name.</summary>
    public string Name { get; }

    /// <summary>The config's model_type.</summary>
    public string Architecture { get; }

    /// <summary>Sizes.</summary>
    public ModelShape Shape { get; }

    /// <summary>Rotary positions as the config has them; null where positions are learned.</summary>
    public RopeConfig? Rope { get; }

    /// <summary>Tokens of the longest text that the model was made for, special tokens included.</summary>
    public int Window { get; }

    /// <summary>Whether a token sees only those before it.</summary>
    public abstract bool IsCausal { get; }

    /// <summary>Numbers in all weights.</summary>
    public abstract long NumParameters { get; }

    /// <summary>Loads a model of either kind.</summary>
    /// <param name="path">A Hugging Face folder or a GGUF file.</param>
    /// <exception cref="CheckpointFormatException">The checkpoint is damaged or contradicts itself.</exception>
    /// <exception cref="UnsupportedCheckpointException">The architecture is not run here.</exception>
    public static TextEncoder Load(string path)
    {
        using var opened = ModelLoader.Open(path);
        var architecture = ModelLoader.AnyArchitectureOf(opened);
        using var checkpoint = new EmbedderCheckpoint(opened, architecture);
        return ModelLoader.IsEncoder(checkpoint) ? EncoderModel.Load(checkpoint, architecture) : new DecoderEncoder(ModelLoader.Load(checkpoint));
    }

    /// <summary>Tokens of the longest text under a method: the window without one; else what the table holds, or as much as the method says.</summary>
    /// <exception cref="UserInputException">The method makes no sense for this model.</exception>
    public abstract long LongestText(EncoderMethod method);

    /// <summary>Runs several texts, of any lengths, as one: their rows share every product with a weight, and no text sees another.</summary>
    /// <param name="texts">Token ids of each, at least one, at most <see cref="LongestText"/>.</param>
    /// <param name="method">What is done to positions.</param>
    /// <param name="rows">Which rows the sink wants.</param>
    /// <param name="sink">Takes each text's rows.</param>
    /// <param name="cancellationToken">Stops between chunks.</param>
    /// <exception cref="ArgumentException">A text is empty or too long, or has an id that the vocabulary has not.</exception>
    public abstract void Forward(IReadOnlyList<ReadOnlyMemory<int>> texts, EncoderMethod method, RowChoice rows, HiddenSink sink, CancellationToken cancellationToken = default);

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the weights.</summary>
    protected abstract void Dispose(bool disposing);

    /// <summary>Refuses texts that cannot be run.</summary>
    protected void RequireTexts(IReadOnlyList<ReadOnlyMemory<int>> texts, EncoderMethod method)
    {
        var longest = LongestText(method);
        for (var i = 0; i < texts.Count; i++)
        {
            if (texts[i].Length < 1 || texts[i].Length > longest)
            {
                throw new ArgumentException($"text {i}: found {texts[i].Length} tokens, expected 1 to {longest}", nameof(texts));
            }

            if (texts[i].Span.ContainsAnyExceptInRange(0, Shape.VocabularySize - 1))
            {
                throw new ArgumentException($"text {i}: found an id outside the vocabulary, expected 0 to {Shape.VocabularySize - 1}", nameof(texts));
            }
        }
    }
}
