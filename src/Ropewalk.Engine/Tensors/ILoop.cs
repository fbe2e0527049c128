namespace Ropewalk.Engine.Tensors;

/// <summary>The body of a loop over threads.</summary>
internal interface ILoop
{
    /// <summary>One iteration, independent of the others.</summary>
    void Run(int index);
}
