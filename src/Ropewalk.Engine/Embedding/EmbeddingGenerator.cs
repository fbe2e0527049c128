using Microsoft.Extensions.AI;

namespace Ropewalk.Engine.Embedding;

/// <summary>An embedder behind .NET's common interface, for programs that do not care whose model it is. Calls run one after the other.</summary>
/// <param name="embedder">The embedder; disposed of with this object.</param>
/// <param name="prompt">Name of the prompt that is put before every text; null for the model's own default.</param>
public sealed class EmbeddingGenerator(TextEmbedder embedder, string? prompt = null) : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly string _prompt = embedder.Prompt(prompt);
    private readonly EmbeddingGeneratorMetadata _metadata = new("ropewalk", null, embedder.Model.Name, embedder.Width);

    /// <inheritdoc />
    /// <exception cref="NotSupportedException">Another number of dimensions is asked for than the model has.</exception>
    /// <exception cref="Ropewalk.Positions.UserInputException">A text is empty or longer than the window.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } dimensions && dimensions != embedder.Width)
        {
            throw new NotSupportedException($"found {dimensions} dimensions asked for, expected the model's {embedder.Width}");
        }

        var texts = values.ToArray();
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var found = await Task.Run(() => embedder.Embed(texts, _prompt, cancellationToken: cancellationToken), cancellationToken).ConfigureAwait(false);
            var tokens = found.Sum(t => (long)t.Tokens);
            return new GeneratedEmbeddings<Embedding<float>>(found.Select(t => new Embedding<float>(t.Vector) { ModelId = embedder.Model.Name }))
            {
                Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
            };
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType.IsInstanceOfType(embedder) ? embedder
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        embedder.Dispose();
        _gate.Dispose();
    }
}
