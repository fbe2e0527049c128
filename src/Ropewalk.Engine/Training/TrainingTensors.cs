using System.Runtime.InteropServices;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Safetensors;

namespace Ropewalk.Engine.Training;

/// <summary>Tensors of a training checkpoint, to which nothing may be missing and nothing another shape.</summary>
public static class TrainingTensors
{
    /// <summary>A tensor of an open file.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its type.</param>
    /// <param name="shape">Its extents.</param>
    /// <exception cref="CheckpointFormatException">It is missing, or another.</exception>
    public static TensorEntry Find(SafetensorsFile file, string name, StoredType type, long[] shape)
    {
        var expected = $"{StoredTypes.NameOf(type)} [{string.Join(", ", shape)}], as the model in training has it";
        if (!file.Tensors.TryGetValue(name, out var tensor))
        {
            throw new CheckpointFormatException(file.Path, name, "nothing", expected);
        }

        return tensor.Type == type && tensor.Shape.SequenceEqual(shape) ? tensor : throw new CheckpointFormatException(file.Path, name, $"{tensor}", expected);
    }

    /// <summary>A parameter for a file.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="name">Its name there; null for its own.</param>
    public static TensorSource Source(Parameter parameter, string? name = null) => new(name ?? parameter.Name, StoredType.F32, [parameter.Rows, parameter.Columns], stream =>
    {
        for (var row = 0; row < parameter.Rows; row++)
        {
            stream.Write(MemoryMarshal.AsBytes(parameter.RowSpan(row, 1)));
        }
    });

    /// <summary>A parameter from a file.</summary>
    /// <exception cref="CheckpointFormatException">It is missing, or another.</exception>
    public static void Load(SafetensorsFile file, Parameter parameter)
    {
        var tensor = Find(file, parameter.Name, StoredType.F32, [parameter.Rows, parameter.Columns]);
        for (var row = 0; row < parameter.Rows; row++)
        {
            file.ReadBytes(tensor, (long)row * parameter.Columns * sizeof(float), MemoryMarshal.AsBytes(parameter.RowSpan(row, 1)));
        }

        parameter.Changed();
    }
}
