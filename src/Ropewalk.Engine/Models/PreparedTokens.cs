using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models;

/// <summary>What a forward pass computes of its tokens before any position matters: the embedded rows, and the first layer's queries, keys
/// and values before they are turned. A search that runs the same tokens under many frequencies computes it once.</summary>
public sealed unsafe class PreparedTokens : IDisposable
{
    internal PreparedTokens(ModelShape shape, int length)
    {
        Length = length;
        HiddenTD = new NativeBuffer<float>((long)length * shape.HiddenWidth);
        QueriesTHK = new NativeBuffer<float>((long)length * shape.NumHeads * shape.HeadWidth);
        KeysTGK = new NativeBuffer<float>((long)length * shape.NumKeyValueHeads * shape.HeadWidth);
        ValuesTGK = new NativeBuffer<float>((long)length * shape.NumKeyValueHeads * shape.HeadWidth);
    }

    /// <summary>T.</summary>
    public int Length { get; }

    internal NativeBuffer<float> HiddenTD { get; }

    internal NativeBuffer<float> QueriesTHK { get; }

    internal NativeBuffer<float> KeysTGK { get; }

    internal NativeBuffer<float> ValuesTGK { get; }

    /// <summary>Bytes that so many tokens take.</summary>
    public static long SizeBytes(ModelShape shape, int length) =>
        sizeof(float) * (long)length * (shape.HiddenWidth + ((shape.NumHeads + (2L * shape.NumKeyValueHeads)) * shape.HeadWidth));

    /// <inheritdoc />
    public void Dispose()
    {
        HiddenTD.Dispose();
        QueriesTHK.Dispose();
        KeysTGK.Dispose();
        ValuesTGK.Dispose();
    }
}
