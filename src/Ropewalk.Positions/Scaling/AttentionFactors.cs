namespace Ropewalk.Positions.Scaling;

/// <summary>The published rules for the attention factor a of a scale s = target / original. All are 1 for s at most 1.</summary>
public static class AttentionFactors
{
    /// <summary>sqrt(1 + ln s / ln L): the released LongRoPE code and Phi-3 (the paper 2402.13753 does not state it).</summary>
    /// <param name="s">Scale, above 0.</param>
    /// <param name="originalContext">L in tokens; at least 2, since ln 1 = 0 divides.</param>
    /// <exception cref="UserInputException">A value is outside its range.</exception>
    public static double Su(double s, int originalContext)
    {
        Require.Positive("scale", s);
        if (s <= 1)
        {
            return 1;
        }

        Require.AtLeast("original context", originalContext, 2);
        return Math.Sqrt(1 + (Math.Log(s) / Math.Log(originalContext)));
    }

    /// <summary>0.1 ln s + 1 (YaRN, 2309.00071).</summary>
    /// <param name="s">Scale, above 0.</param>
    /// <exception cref="UserInputException">The scale is outside its range.</exception>
    public static double Yarn(double s) => Yarn(s, 1);

    /// <summary>0.1 k ln s + 1: the weighted form of DeepSeek's mscale keys.</summary>
    /// <param name="s">Scale, above 0.</param>
    /// <param name="weight">k.</param>
    /// <exception cref="UserInputException">A value is outside its range.</exception>
    public static double Yarn(double s, double weight)
    {
        Require.Positive("scale", s);
        Require.NotNegative("weight", weight);
        return s <= 1 ? 1 : (0.1 * weight * Math.Log(s)) + 1;
    }
}
