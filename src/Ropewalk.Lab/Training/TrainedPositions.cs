using Ropewalk.Engine.Training;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Training;

/// <summary>The rotary encoding of a run: fixed, or trained as the logarithms of each pair's rescale factor and of the attention factor.</summary>
public sealed class TrainedPositions : IDisposable
{
    private readonly RopeGeometry _geometry;
    private readonly RopeFrequencies _start;
    private readonly Parameter? _logFactors;
    private readonly Parameter? _logAttention;

    /// <summary>Begins at an encoding.</summary>
    /// <param name="geometry">The encoding as trained.</param>
    /// <param name="start">What it begins as.</param>
    /// <param name="isTrained">Whether it moves.</param>
    public TrainedPositions(RopeGeometry geometry, RopeFrequencies start, bool isTrained)
    {
        _geometry = geometry;
        _start = start;
        if (isTrained)
        {
            if (start.StartTokens > 0 || start.InverseFrequencies.Any(f => f <= 0))
            {
                throw new UserInputException("--only positions: found a scaling with start tokens or pairs that do not turn, expected one whose pairs all turn");
            }

            Gradient = new RotaryGradient(start.Pairs);
            _logFactors = new Parameter("log rescale factors", 1, start.Pairs, ParameterKind.Scale) { IsTrained = true };
            _logAttention = new Parameter("log attention factor", 1, 1, ParameterKind.Scale) { IsTrained = true };
        }
    }

    /// <summary>What the backward pass fills; null where nothing moves.</summary>
    public RotaryGradient? Gradient { get; }

    /// <summary>The logarithms' distances from the start, for the optimiser; none where nothing moves.</summary>
    public IReadOnlyList<Parameter> Parameters => _logFactors is null ? [] : [_logFactors, _logAttention!];

    /// <summary>In force now.</summary>
    public RopeFrequencies Frequencies
    {
        get
        {
            if (_logFactors is null)
            {
                return _start;
            }

            var moved = _logFactors.RowSpan(0, 1).ToArray();
            return new RopeFrequencies([.. _start.InverseFrequencies.Select((f, i) => f * Math.Exp(-moved[i]))], _start.AttentionFactor * Math.Exp(_logAttention!.RowSpan(0, 1)[0]));
        }
    }

    /// <summary>Hands the gradient on to the logarithms.</summary>
    public void PassGradient(RopeFrequencies frequencies)
    {
        if (Gradient is { } gradient)
        {
            _logFactors!.AddGradient(gradient.LogRescaleFactors(frequencies.InverseFrequencies.AsSpan()));
            _logAttention!.AddGradient([gradient.AttentionFactor * frequencies.AttentionFactor]);
            gradient.Clear();
        }
    }

    /// <summary>The encoding as a checkpoint can hold it.</summary>
    /// <param name="maximumLength">L'.</param>
    public LongRopeScaling Scaling(int maximumLength)
    {
        var frequencies = Frequencies;
        return new LongRopeScaling(_geometry, [new LongRopeEntry(maximumLength, frequencies.RescaleFactors(_geometry), frequencies.AttentionFactor)]);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _logFactors?.Dispose();
        _logAttention?.Dispose();
    }
}
