using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Doctor.Encoders;

/// <summary>A table of learned positions with other rows than the config says: a window that was raised in the config alone. Only headers are read.</summary>
internal sealed class PositionRows : EncoderRule
{
    /// <inheritdoc/>
    public override string Name => "position-rows";

    /// <inheritdoc/>
    protected override IEnumerable<Finding> Check(DoctorInput input, EncoderDescription encoder)
    {
        if (encoder.PositionTensor is { } name && input.Folder is { } folder && Rows(folder, name) is { } rows && rows != encoder.PositionRows)
        {
            yield return Of(input, Severity.Error, "max_position_embeddings", $"{encoder.PositionRows}, beside a table of {rows} rows", $"{rows}; ropewalk extend writes a longer table",
                (Engines.Transformers5, "refuses the weights, or makes the table anew at random where sizes may differ"), (Engines.Ropewalk, "refuses"));
        }
    }

    private static long? Rows(string folder, string name)
    {
        try
        {
            using var checkpoint = CheckpointFolder.Open(folder);
            var found = checkpoint.TensorNames.FirstOrDefault(n => n == name || n.EndsWith("." + name, StringComparison.Ordinal));
            return found is null ? null : checkpoint.Find(found)!.NumRows;
        }
        catch (RopewalkException)
        {
            // A config without weights can be judged too, and damaged ones are told by whoever loads them.
            return null;
        }
    }
}
