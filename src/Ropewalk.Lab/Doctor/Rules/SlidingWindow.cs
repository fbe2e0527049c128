using System.Text.Json;

namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>A sliding window narrower than the longest length, in every layer: a token sees no further, whatever its positions can express. llama.cpp's graphs of the llama
/// family, qwen2 and phi3 have no window. microsoft/LongRoPE's search takes the window for the original length (methods.md 25.10).</summary>
internal sealed class SlidingWindow : Rule
{
    /// <inheritdoc/>
    public override string Name => "sliding-window";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (RopeSettings.Count(rope.Config, "sliding_window") is not { } window || RopeSettings.Object(rope.Config, "use_sliding_window") is { ValueKind: JsonValueKind.False })
        {
            yield break;
        }

        var mixed = RopeSettings.Object(rope.Config, "layer_types") is not null || RopeSettings.Object(rope.Config, "sliding_window_pattern") is not null
            || rope.ModelType is not ("mistral" or "phi3" or "qwen2" or "");
        if (!mixed && rope.Maximum is { } maximum && window < maximum)
        {
            var scaled = rope.Type != "default";
            yield return Of(input, scaled ? Severity.Warning : Severity.Note, "sliding_window", $"{window}, with max_position_embeddings {maximum}", scaled ? "null, or a window as long as the scaled length, if the model was tuned for that" : "nothing",
                (Engines.Transformers5, $"a token sees the last {window} tokens in every layer"), (Engines.Vllm, "likewise"), (Engines.LlamaCpp, "has no window for this family: other results beyond it"),
                (Engines.Ropewalk, "a token sees the window"), ("microsoft/LongRoPE", $"searches for an original length of {window}"));
        }
        else if (!mixed && rope.Original is { } original && window < original)
        {
            yield return Of(input, Severity.Note, "sliding_window", $"{window}, with an original length of {original}", "nothing", ("microsoft/LongRoPE", $"searches for an original length of {window}"));
        }
    }
}
