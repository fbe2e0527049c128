namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>longrope where llama.cpp has no use for it: most graphs do not hand factors to their rotation, and the converter writes the lists for
/// phi3, phimoe, minicpm and minicpm3 only. See <see cref="LlamaCppSupport"/>.</summary>
internal sealed class LlamaCppLists : Rule
{
    /// <inheritdoc/>
    public override string Name => "llama-cpp-lists";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var type = input.Rope.ModelType;
        if (input.Rope.Type != "longrope" || !LlamaCppSupport.IsKnown(type) || LlamaCppSupport.ConvertsLists(type))
        {
            yield break;
        }

        yield return LlamaCppSupport.ReadsLists(type)
            ? Of(input, Severity.Warning, input.Rope.Name("long_factor"), $"longrope of a {type}", "convert it with ropewalk convert, which writes both lists",
                (Engines.LlamaCpp, "its graph would turn by the lists, but its own converter writes the type without them: plain positions, without a word"), (Engines.Ropewalk, "writes both lists into GGUF files"))
            : Of(input, Severity.Warning, input.Rope.Name("long_factor"), $"longrope of a {type}", "yarn for llama.cpp, or another engine",
                (Engines.LlamaCpp, $"its {type} graph knows no factors: plain positions"), (Engines.Ropewalk, "refuses to write a GGUF file"));
    }
}
