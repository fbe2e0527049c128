namespace Ropewalk.Engine.Training;

/// <summary>Hears which operation a tape is done with. Operations follow each other on one thread, so the time between two calls is the second one's.</summary>
internal interface ITapeListener
{
    /// <summary>An operation has ended.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="isBack">Whether it was its way back.</param>
    void Ended(Operation operation, bool isBack);
}
