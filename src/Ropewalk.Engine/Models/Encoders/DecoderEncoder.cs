using Ropewalk.Positions;

namespace Ropewalk.Engine.Models.Encoders;

/// <summary>A decoder as an embedder: its rows after the last norm, without the head (2401.00368).</summary>
internal sealed class DecoderEncoder(LanguageModel model) : TextEncoder(model.Name, model.Architecture, model.Shape, model.Rope, model.Rope.ScaledContext)
{
    /// <inheritdoc />
    public override bool IsCausal => true;

    /// <inheritdoc />
    public override long NumParameters => model.NumParameters;

    /// <inheritdoc />
    public override long LongestText(EncoderMethod method)
    {
        _ = MethodOf(method);
        return method.Scaling is null && method.Plan is null ? Window : Positions.Plans.PositionPlan.Unlimited;
    }

    /// <inheritdoc />
    public override void Forward(IReadOnlyList<ReadOnlyMemory<int>> texts, EncoderMethod method, RowChoice rows, HiddenSink sink, CancellationToken cancellationToken = default)
    {
        RequireTexts(texts, method);
        var positions = MethodOf(method);
        var d = Shape.HiddenWidth;
        var inputs = new List<SequenceInput>();
        try
        {
            var results = new float[texts.Count][];
            for (var i = 0; i < texts.Count; i++)
            {
                var length = texts[i].Length;
                var first = rows == RowChoice.Last ? length - 1 : 0;
                var found = results[i] = new float[checked((length - first) * d)];
                var rotary = new RotaryTable(positions.At(length), positions.Layout, length);
                inputs.Add(new SequenceInput(
                    texts[i], new KeyValueCache(Shape, length, singlePass: true, numKeySets: rotary.NumKeySets), rotary, first, (row, hidden) => hidden.CopyTo(found.AsSpan((row - first) * d, d)))
                {
                    WantsHidden = true,
                });
            }

            model.Forward(inputs, cancellationToken);
            for (var i = 0; i < results.Length; i++)
            {
                sink(i, rows == RowChoice.First ? results[i].AsSpan(0, d) : results[i]);
            }
        }
        finally
        {
            foreach (var input in inputs)
            {
                input.Cache.Dispose();
                input.Rotary.Dispose();
            }
        }
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing) => model.Dispose();

    private PositionMethod MethodOf(EncoderMethod method)
    {
        if (method.TableFactor > 1)
        {
            throw new UserInputException($"table:{method.TableFactor}: found a model with rotary positions, expected one with a table of learned positions");
        }

        if (method.Plan is not null && model.ExtendedWindow > 0)
        {
            throw new UserInputException($"plan {method.Plan.Spec}: found a model whose layers see {model.ExtendedWindow} tokens back, expected one that sees all");
        }

        return new PositionMethod(method.Scaling ?? model.Rope.Scaling, method.Plan);
    }
}
