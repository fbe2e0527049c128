namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>methods.md 25.17: DeepSeek's mscale_all_dim also multiplies the softmax scale by its square. Transformers' V3 does so, its V2 only since
/// PR #47435; llama.cpp's deepseek2 graph does.</summary>
internal sealed class SoftmaxScale : Rule
{
    /// <inheritdoc/>
    public override string Name => "softmax-scale";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (rope.Type == "yarn" && rope.ModelType.StartsWith("deepseek", StringComparison.Ordinal) && rope.InnerNumber("mscale_all_dim") is > 0 and var all)
        {
            var missing = rope.ModelType == "deepseek_v2";
            yield return Of(input, missing ? Severity.Warning : Severity.Note, rope.Name("mscale_all_dim"), RopeSettings.Shown(all), missing ? "nothing; use a release with PR #47435" : "nothing",
                (Engines.Transformers5, missing ? "leaves the softmax scale alone before PR #47435" : "multiplies the softmax scale by its square, beside cosines and sines"),
                (Engines.Vllm, "multiplies the softmax scale"), (Engines.LlamaCpp, "multiplies the softmax scale"), (Engines.Ropewalk, "does not run this architecture"));
        }
    }
}
