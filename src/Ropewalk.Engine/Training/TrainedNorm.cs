namespace Ropewalk.Engine.Training;

/// <summary>One norm in training: RMSNorm, or LayerNorm where it has a bias.</summary>
/// <param name="Weight">Scale of each channel, as it is stored.</param>
/// <param name="Bias">Offset of each channel; null for RMSNorm.</param>
/// <param name="Epsilon">Added to the mean square or the variance.</param>
/// <param name="Offset">Added to the stored scales.</param>
internal sealed record TrainedNorm(Parameter Weight, Parameter? Bias, float Epsilon, float Offset)
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
