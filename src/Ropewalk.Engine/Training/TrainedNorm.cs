namespace Ropewalk.Engine.Training;

/// <summary>One norm in training: RMSNorm or LayerNorm.</summary>
/// <param name="Weight">Scale of each channel, as it is stored.</param>
/// <param name="Bias">Offset of each channel, or null.</param>
/// <param name="IsCentered">Whether it is LayerNorm, which may have a bias.</param>
/// <param name="Epsilon">Added to the mean square or the variance.</param>
/// <param name="Offset">Added to the stored scales.</param>
internal sealed record TrainedNorm(Parameter Weight, Parameter? Bias, bool IsCentered, float Epsilon, float Offset)
{
    /// <summary>The scales in force.</summary>
    public float[] Scales
    {
        get
        {
            var scales = Weight.RowSpan(0, 1).ToArray();
            for (var i = 0; Offset != 0 && i < scales.Length; i++)
            {
                scales[i] += Offset;
            }

            return scales;
        }
    }
}
