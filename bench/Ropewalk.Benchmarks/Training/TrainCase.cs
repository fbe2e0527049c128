namespace Ropewalk.Benchmarks.Training;

/// <summary>A model and a batch to train it on.</summary>
internal sealed record TrainCase(int Width, int Layers, int Heads, int FeedForward, int Vocabulary, int Window, int Batch)
{
    /// <summary>Tokens of a step.</summary>
    public int Tokens => Window * Batch;

    /// <summary>Operations of a step: two for each weight and token there and four back, and as many for each cell of attention's causal half.</summary>
    public double Flops =>
        6.0 * Tokens * ((Layers * ((4.0 * Width * Width) + (3.0 * Width * FeedForward))) + ((double)Width * Vocabulary)) + (6.0 * Layers * Batch * Window * (double)Window * Width);
}
