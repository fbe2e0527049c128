namespace Ropewalk.Benchmarks.Training;

/// <summary>A model and a batch to train it on.</summary>
internal sealed record TrainCase(int Width, int Layers, int Heads, int FeedForward, int Vocabulary, int Window, int Batch)
{
    /// <summary>The cases that are measured.</summary>
    public static TrainCase[] All { get; } = [new(256, 4, 4, 688, 4096, 512, 8), new(256, 4, 4, 688, 4096, 2048, 2), new(768, 4, 12, 2048, 4096, 512, 4)];

    /// <summary>Tokens of a step.</summary>
    public int Tokens => Window * Batch;

    /// <summary>Operations of a step: two for each weight and token there and four back, and as many for each cell of attention's causal half.</summary>
    public double Flops =>
        6.0 * Tokens * ((Layers * ((4.0 * Width * Width) + (3.0 * Width * FeedForward))) + ((double)Width * Vocabulary)) + (6.0 * Layers * Batch * Window * (double)Window * Width);

    /// <summary>Bytes of activations and their gradients that a token takes at the most: each layer's rows (norms, projections, turned queries and keys,
    /// attention and its sums, gate, up and middle), and on the way back the gradients of one layer's feed-forward network. Recomputed, a layer leaves one row.</summary>
    public long ActivationBytesOfToken(bool recomputes)
    {
        var layer = (10L * Width) + (3 * FeedForward) + Heads;
        var back = (3L * Width) + (3 * FeedForward);
        return sizeof(float) * (recomputes ? (Layers * (long)Width) + layer + back : (Layers * layer) + back);
    }

    /// <summary>Operations of a part of a step, there and back; zeros for what is no product. The loss does both in one; attention computes its scores
    /// again on the way back, so that it has five products there for two.</summary>
    public (double There, double Back) FlopsOf(string operation)
    {
        var product = 2.0 * Tokens * Layers * Width;
        var cells = 2.0 * Layers * Batch * Window * ((Window + 1) / 2.0) * Width;
        return operation switch
        {
            "q_proj" or "k_proj" or "v_proj" or "o_proj" => (product * Width, 2 * product * Width),
            "gate_proj" or "up_proj" or "down_proj" => (product * FeedForward, 2 * product * FeedForward),
            "attend" => (2 * cells, 5 * cells),
            "head and loss" => (6.0 * Tokens * Width * Vocabulary, 0),
            _ => (0, 0),
        };
    }
}
