using Ropewalk.Engine.Formats.HuggingFace;

namespace Ropewalk.Engine.Models;

/// <summary>A causal language model: ids in, logits out. It knows nothing of tokenization, of scaling methods or of experiments.</summary>
public abstract class LanguageModel : IDisposable
{
    /// <summary>Keeps what every model has.</summary>
    protected LanguageModel(string name, string architecture, ModelShape shape, RopeConfig rope, int extendedWindow)
    {
        ExtendedWindow = extendedWindow;
        Name = name;
        Architecture = architecture;
        Shape = shape;
        Rope = rope;
    }

    /// <summary>The folder's name.</summary>
    public string Name { get; }

    /// <summary>The config's model_type.</summary>
    public string Architecture { get; }

    /// <summary>Sizes.</summary>
    public ModelShape Shape { get; }

    /// <summary>Rotary position embedding as the config has it.</summary>
    public RopeConfig Rope { get; }

    /// <summary>Tokens that a layer under the extended encoding sees back at most, its own included, where that is not all of them; else 0.</summary>
    public int ExtendedWindow { get; }

    /// <summary>Numbers in all weights, a shared embedding once.</summary>
    public abstract long NumParameters { get; }

    /// <summary>Runs the tokens that follow the cache's.</summary>
    /// <param name="tokens">Ids, 0 .. V-1; with a single-pass cache the whole sequence.</param>
    /// <param name="cache">Holds the tokens before; takes these in.</param>
    /// <param name="rotary">Angles for every position up to the last of these tokens.</param>
    /// <param name="firstRow">Logits are computed for the rows from here on.</param>
    /// <param name="sink">Takes them.</param>
    /// <param name="cancellationToken">Stops between chunks.</param>
    public abstract void Forward(
        ReadOnlySpan<int> tokens, KeyValueCache cache, RotaryTable rotary, int firstRow, LogitsSink sink, CancellationToken cancellationToken = default);

    /// <summary>Runs several sequences, of any lengths, as one: their rows share every product with a weight. Each sequence's logits are the
    /// same, to the last bit, as alone.</summary>
    /// <param name="batch">The sequences; none for no work.</param>
    /// <param name="cancellationToken">Stops between chunks.</param>
    /// <exception cref="ArgumentException">A sequence is empty or does not fit its cache or angles, or two share a cache.</exception>
    public abstract void Forward(IReadOnlyList<SequenceInput> batch, CancellationToken cancellationToken = default);

    /// <summary>Computes of a sequence what does not depend on positions. Forward passes that are given it have the same logits as without.</summary>
    /// <param name="tokens">The whole sequence, at least one id.</param>
    /// <param name="cancellationToken">Stops between chunks.</param>
    /// <returns>The caller's to dispose of.</returns>
    public abstract PreparedTokens Prepare(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default);

    /// <summary>Turns the keys of a sequence from one set of frequencies to another in place: by the difference of the angles, and by the ratio of
    /// the attention factors. Keys under an encoding that is never extended stay.</summary>
    /// <param name="cache">A cache that keeps every layer.</param>
    /// <param name="before">What its keys are turned by.</param>
    /// <param name="after">What they will be turned by; of the same plan.</param>
    /// <exception cref="ArgumentException">The cache is for a single pass, or the tables differ in length of rows or sets of keys.</exception>
    public abstract void TurnKeys(KeyValueCache cache, RotaryTable before, RotaryTable after);

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the weights.</summary>
    protected abstract void Dispose(bool disposing);
}
