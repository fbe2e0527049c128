namespace Ropewalk.Engine.Training;

/// <summary>One product of a model in training.</summary>
/// <param name="weight">W[N, K].</param>
/// <param name="bias">b[N], or null.</param>
internal sealed class TrainedLinear(Parameter weight, Parameter? bias)
{
    /// <summary>W.</summary>
    public Parameter Weight { get; } = weight;

    /// <summary>b, or null.</summary>
    public Parameter? Bias { get; } = bias;

    /// <summary>A change of low rank, or null.</summary>
    public LowRankAdapter? Adapter { get; set; }

    /// <summary>residual + x W^T + b, with the adapter's share.</summary>
    public Node Forward(Tape tape, Node x, Node? residual = null)
    {
        var y = LinearOp.Forward(tape, x, Weight, Bias, residual);
        return Adapter is null ? y
            : LinearOp.Forward(tape, LinearOp.Forward(tape, x, Adapter.A, null, scale: Adapter.Scale), Adapter.B, null, y);
    }
}
