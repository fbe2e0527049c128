using Ropewalk.Engine.Training;
using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Training;

/// <summary>Random weights for a model to begin with: normal numbers of deviation 1 / sqrt(D), less in what is added to the residual stream. The customary 0.02
/// is that of a width of 2,500, with which small models begin with next to no attention. Learned positions begin as small waves, constants as 0.</summary>
public static class WeightStart
{
    private const double WavesShare = 0.1;

    /// <summary>Fills matrices, embeddings and tables of positions; scales, biases and embeddings of one row, which are added to every token, stay.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">Of the numbers.</param>
    public static void Fill(TrainableModel model, ulong seed)
    {
        var deviation = 1 / Math.Sqrt(model.Shape.HiddenWidth);
        ulong stream = 0;
        foreach (var parameter in model.Parameters)
        {
            stream++;
            if (parameter.Kind == ParameterKind.Position)
            {
                Waves(parameter, deviation);
            }
            else if (parameter.Kind == ParameterKind.Matrix || (parameter.Kind == ParameterKind.Embedding && parameter.Rows > 1))
            {
                Normal(parameter, new CounterRandom(seed).Fork(0x77656967).Fork(stream), parameter.IsAdded ? deviation / Math.Sqrt(2 * model.Shape.NumLayers) : deviation);
            }
        }
    }

    /// <summary>Normal numbers by Box and Muller's method.</summary>
    public static void Normal(Parameter parameter, CounterRandom random, double deviation)
    {
        for (var row = 0; row < parameter.Rows; row++)
        {
            foreach (ref var value in parameter.RowSpan(row, 1))
            {
                value = (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble()));
            }
        }

        parameter.Changed();
    }

    /// <summary>Sines and cosines of the position (Vaswani et al., 2017, section 3.5): which positions are neighbours is in their products from the start. They are
    /// small, because what all texts share hides what tells them apart.</summary>
    private static void Waves(Parameter parameter, double deviation)
    {
        for (var row = 0; row < parameter.Rows; row++)
        {
            var values = parameter.RowSpan(row, 1);
            for (var column = 0; column < values.Length; column++)
            {
                var angle = row / Math.Pow(10_000, (double)(column & ~1) / values.Length);
                values[column] = (float)(WavesShare * deviation * Math.Sqrt(2) * (column % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle)));
            }
        }

        parameter.Changed();
    }
}
