namespace Ropewalk.Lab.Progressive;

/// <summary>The job cannot go on before another program has tuned a stage.</summary>
/// <param name="work">What is to be done.</param>
internal sealed class OutsideTuningException(OutsideWork work) : Exception($"waiting for {work.Folder}")
{
    /// <summary>What is to be done.</summary>
    public OutsideWork Work { get; } = work;
}
