using Ropewalk.Engine.Training;
using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Training;

/// <summary>Random weights for a model to begin with: normal numbers of deviation 1 / sqrt(D), less in what is added to the residual stream. The customary 0.02
/// is that of a width of 2,500, with which small models begin with next to no attention.</summary>
public static class WeightStart
{
    /// <summary>Fills matrices and embeddings; scales and biases stay.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">Of the numbers.</param>
    public static void Fill(TrainableModel model, ulong seed)
    {
        var deviation = 1 / Math.Sqrt(model.Shape.HiddenWidth);
        ulong stream = 0;
        foreach (var parameter in model.Parameters)
        {
            stream++;
            if (parameter.Kind is ParameterKind.Matrix or ParameterKind.Embedding or ParameterKind.Position)
            {
                var isAdded = parameter.Name.Contains("o_proj", StringComparison.Ordinal) || parameter.Name.Contains("down_proj", StringComparison.Ordinal);
                Normal(parameter, new CounterRandom(seed).Fork(0x77656967).Fork(stream), isAdded ? deviation / Math.Sqrt(2 * model.Shape.NumLayers) : deviation);
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
}
