namespace Ropewalk.Lab.Training;

/// <summary>Tells when a loss runs away: it is no number, or the mean of the last steps has risen far above the lowest that there was.</summary>
/// <param name="slack">Nats that a rise may have beside its ratio: a loss that comes near zero can double without meaning anything.</param>
public sealed class LossWatch(double slack = 0)
{
    private const int Steps = 10;
    private const double WorstRatio = 1.5;
    private const double GoodRatio = 1.1;
    private readonly Queue<double> _last = new();
    private double _lowest = double.PositiveInfinity;

    /// <summary>Mean of the last steps.</summary>
    public double Mean => _last.Average();

    /// <summary>Lowest mean so far.</summary>
    public double Lowest => _lowest;

    /// <summary>Whether what is there now is worth keeping.</summary>
    public bool IsGood => _last.Count == 0 || Mean <= (GoodRatio * _lowest) + (slack / 4);

    /// <summary>Takes the loss of a step.</summary>
    /// <returns>Whether the run has diverged.</returns>
    public bool Diverges(double loss)
    {
        _last.Enqueue(loss);
        if (_last.Count > Steps)
        {
            _last.Dequeue();
        }

        if (!double.IsFinite(loss))
        {
            return true;
        }

        _lowest = Math.Min(_lowest, Mean);
        return _last.Count == Steps && Mean > (WorstRatio * _lowest) + slack;
    }
}
