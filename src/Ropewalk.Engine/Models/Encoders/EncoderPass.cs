namespace Ropewalk.Engine.Models.Encoders;

/// <summary>The rows of one pass: those of its texts, one after the other. Products take rows of whatever text; attention takes each text's.</summary>
/// <param name="Spec">The network.</param>
/// <param name="Texts">At least one.</param>
/// <param name="NumRows">Rows of all.</param>
/// <param name="HiddenTD">Their hidden rows.</param>
/// <param name="CancellationToken">Looked at before each chunk.</param>
internal readonly unsafe record struct EncoderPass(NetworkSpec Spec, EncodedText[] Texts, int NumRows, nint HiddenTD, CancellationToken CancellationToken)
{
    /// <summary>A hidden row.</summary>
    public float* Hidden(int row) => (float*)HiddenTD + ((long)row * Spec.Shape.HiddenWidth);
}
