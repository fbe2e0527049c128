namespace Ropewalk.Engine.Kernels;

/// <summary>Turns the pairs of a head's vector by its position's angles (2104.09864): pair i is the entries (i, i + P) in the
/// half layout of Hugging Face's llama, (2i, 2i + 1) in the interleaved layout. Entries past 2 P pass unturned (partial rotary).</summary>
internal static unsafe class Rotate
{
    /// <summary>Turns one vector of K numbers into <paramref name="y"/>, each number multiplied by <paramref name="scale"/> too.</summary>
    /// <param name="x">K numbers.</param>
    /// <param name="headWidth">K.</param>
    /// <param name="cosP">P cosines, already multiplied by the attention factor.</param>
    /// <param name="sinP">P sines, likewise.</param>
    /// <param name="numPairs">P, at most K / 2.</param>
    /// <param name="scale">A factor for every entry (1/sqrt(K) log2 e for queries).</param>
    /// <param name="y">Where entry k goes: y[k * stride].</param>
    /// <param name="stride">Distance of two entries of y.</param>
    /// <param name="interleaved">The layout.</param>
    public static void Forward(float* x, int headWidth, float* cosP, float* sinP, int numPairs, float scale, float* y, int stride, bool interleaved = false)
    {
        for (var i = 0; i < numPairs; i++)
        {
            var first = interleaved ? 2 * i : i;
            var second = interleaved ? first + 1 : i + numPairs;
            var a = x[first] * scale;
            var b = x[second] * scale;
            y[(long)first * stride] = (a * cosP[i]) - (b * sinP[i]);
            y[(long)second * stride] = (a * sinP[i]) + (b * cosP[i]);
        }

        for (var k = 2 * numPairs; k < headWidth; k++)
        {
            y[(long)k * stride] = x[k] * scale;
        }
    }
}
