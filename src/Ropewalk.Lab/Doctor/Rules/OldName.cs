namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>The method's key or name of an earlier time. "type" is read everywhere and renamed on loading; "su" is known to Phi-3's own class, to
/// vLLM and to llama.cpp's converter as longrope, and to no one else.</summary>
internal sealed class OldName : Rule
{
    /// <inheritdoc/>
    public override string Name => "old-name";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (rope.WrittenType == "su")
        {
            var isPhi = rope.ModelType == "phi3";
            yield return Of(input, isPhi ? Severity.Note : Severity.Error, rope.Name("type"), "\"su\"", "\"rope_type\": \"longrope\"",
                (Engines.Transformers5, isPhi ? "Phi-3's class renames it to longrope" : "stops: no such method"), (Engines.Vllm, "renames it to longrope"), (Engines.LlamaCpp, "takes it for longrope"), (Engines.Ropewalk, "takes it for longrope"));
        }
        else if (rope.WrittenType is { } type && rope.Inner("rope_type") is null)
        {
            yield return Of(input, Severity.Note, rope.Name("type"), $"\"{type}\" without rope_type", "rope_type with the same method beside it",
                (Engines.Transformers5, "renames the key"), (Engines.Vllm, "renames the key"), (Engines.LlamaCpp, "reads both"));
        }
    }
}
