namespace Ropewalk.Engine.Generation;

/// <summary>Chooses the next token: the likeliest one at temperature 0, else a draw from softmax(logits / temperature).</summary>
/// <param name="temperature">0 or more.</param>
/// <param name="draw">Numbers in [0, 1); not called at temperature 0.</param>
public sealed class Sampler(double temperature, Func<double> draw)
{
    /// <summary>The next token's id; of equal logits the first.</summary>
    public int Next(ReadOnlySpan<float> logitsV)
    {
        var best = 0;
        for (var i = 1; i < logitsV.Length; i++)
        {
            best = logitsV[i] > logitsV[best] ? i : best;
        }

        if (temperature <= 0)
        {
            return best;
        }

        var total = 0d;
        var weights = new double[logitsV.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = Math.Exp((logitsV[i] - (double)logitsV[best]) / temperature);
            total += weights[i];
        }

        var left = draw() * total;
        for (var i = 0; i < weights.Length; i++)
        {
            left -= weights[i];
            if (left < 0)
            {
                return i;
            }
        }

        return best;
    }
}
