using System.Numerics.Tensors;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>One method: embeds documents and queries, through the records, and ranks.</summary>
internal sealed class MethodMeasurer : IDisposable
{
    private readonly EmbedderMethod _method;
    private readonly EmbedderFacts _model;
    private readonly TextEmbedder _documents;
    private readonly TextEmbedder _queries;
    private readonly int _target;

    /// <summary>Loads the model with the method.</summary>
    public MethodMeasurer(LongEmbedOptions options, EmbedderMethod method, EmbedderFacts model)
    {
        (_method, _model, _target) = (method, model, options.TargetContext!.Value);
        var settings = new EmbedderOptions
        {
            Pooling = options.Pooling,
            KeptTokens = _target,
            Chunks = method.Chunks,
            Method = encoder => EncoderMethodSpec.Parse(method.Specs, encoder),
        };
        _documents = TextEmbedder.Load(options.Model, settings);
        try
        {
            // Queries are not cut into pieces (methods of the paper, "parallel context windows").
            _queries = method.Chunks ? TextEmbedder.Load(options.Model, settings with { Chunks = false }) : _documents;
        }
        catch
        {
            _documents.Dispose();
            throw;
        }
    }

    /// <summary>Work of a text.</summary>
    /// <param name="work">The law.</param>
    /// <param name="tokens">Tokens of the text.</param>
    /// <param name="isQuery">Whether it is a query.</param>
    public double Work(EmbeddingWork work, int tokens, bool isQuery)
    {
        var window = _documents.MaxTokens;
        return _method.Chunks && !isQuery ? work.At(tokens, _target, window) : work.At(tokens, Math.Min(_target, window), _target);
    }

    /// <summary>Measures a part.</summary>
    /// <param name="part">The part.</param>
    /// <param name="name">Name of the part in the records.</param>
    /// <param name="records">Have vectors, and take new ones.</param>
    /// <param name="work">Of a text.</param>
    /// <param name="clock">Hears what is done.</param>
    /// <param name="stop">Ends it between chunks.</param>
    /// <returns>The score, and whether all of it was computed now.</returns>
    public (PartScore Score, bool IsNew) Measure(TaskPart part, string name, RunFolder records, EmbeddingWork work, EmbeddingClock clock, CancellationToken stop)
    {
        var isNew = true;
        IReadOnlyList<EmbeddedText> Vectors(string what, TextEmbedder embedder, IReadOnlyList<LongText> texts, string prompt, bool isQuery)
        {
            var computed = 0;
            var vectors = records.Vectors($"{name}, {what}", texts.Count, (first, count) =>
            {
                var some = texts.Skip(first).Take(count).ToList();
                var found = embedder.Embed([.. some.Select(t => t.Text)], prompt, [.. some.Select(t => t.Name)], cancellationToken: stop);
                computed += count;
                clock.Add(found.Sum(v => Work(work, v.Tokens, isQuery)), found.Sum(v => (long)v.Tokens - v.LeftOut));
                return found;
            });
            clock.Skip(vectors.Take(texts.Count - computed).Sum(v => Work(work, v.Tokens, isQuery)));
            isNew &= computed == texts.Count;
            return vectors;
        }

        var documents = Vectors("documents", _documents, part.Documents, _model.DocumentPrompt, isQuery: false);
        var queries = Vectors("queries", _queries, part.Queries, _model.QueryPrompt, isQuery: true);
        var directions = documents.Select((d, i) => Direction(d.Vector, part.Documents[i].Name)).ToList();
        var ids = part.Documents.Select(d => d.Id).ToList();
        var ranks = queries.Select((q, i) =>
        {
            var direction = Direction(q.Vector, part.Queries[i].Name);
            var scores = directions.Select(d => TensorPrimitives.Dot(direction, d)).ToArray();
            return TrecOrder.Ranks(scores, ids, part.Relevant[i]);
        }).ToList();
        return (new PartScore(part.Length, ranks, part.Depths, documents.Count, documents.Count(d => d.LeftOut > 0), documents.Count(d => d.Chunks > 1), queries.Count(q => q.LeftOut > 0)), isNew);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _documents.Dispose();
        if (!ReferenceEquals(_queries, _documents))
        {
            _queries.Dispose();
        }
    }

    private float[] Direction(float[] vector, string text)
    {
        if (!TensorPrimitives.IsFiniteAll(vector))
        {
            throw new CheckpointFormatException(_model.Name, $"vector of {text} under {_method.Name}", "a number that is not finite", "finite numbers");
        }

        var direction = vector.ToArray();
        Pool.Normalize(direction);
        return direction;
    }
}
