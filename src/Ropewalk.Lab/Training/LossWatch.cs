namespace Ropewalk.Lab.Training;

/// <summary>Tells when a loss runs away: it is no number, or the mean of the last steps has risen far above the lowest that there was.</summary>
public sealed class LossWatch
{
    private const int Steps = 30;

    // Batches differ, and a loss that comes near zero can double without meaning anything: what a low loss may rise by is not a share of it.
    private const double WorstShare = 0.5;
    private const double WorstNats = 1;
    private readonly Queue<double> _last = new();
    private double _lowest = double.PositiveInfinity;

    /// <summary>Mean of the last steps.</summary>
    public double Mean => _last.Average();

    /// <summary>Lowest mean so far.</summary>
    public double Lowest => _lowest;

    /// <summary>Whether what is there now is worth keeping.</summary>
    public bool IsGood => _last.Count == 0 || Mean <= _lowest + (Worst / 2);

    private double Worst => Math.Max(WorstShare * _lowest, WorstNats);

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
        return _last.Count == Steps && Mean > _lowest + Worst;
    }
}
