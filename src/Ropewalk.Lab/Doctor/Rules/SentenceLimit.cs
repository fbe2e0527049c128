namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>max_seq_length of sentence-transformers below the config's length: every text is cut there without a word.</summary>
internal sealed class SentenceLimit : Rule
{
    /// <inheritdoc/>
    public override string Name => "sentence-limit";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        if (input.Json("sentence_bert_config.json", out var path) is { } sentence && RopeSettings.Number(sentence, "max_seq_length") is { } limit && input.Rope.Maximum is { } maximum && limit < maximum)
        {
            yield return Of(path, Severity.Warning, "max_seq_length", $"{RopeSettings.Shown(limit)}, with max_position_embeddings {maximum}", $"{maximum}",
                ("sentence-transformers", "cuts every text there"), (Engines.Vllm, "takes it for the length of embedding models"), (Engines.Ropewalk, "ignores it"));
        }
    }
}
