using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Kernels;

/// <summary>A floating-point type as it lies in memory, widened to float32 in registers.</summary>
internal unsafe interface IStored
{
    /// <summary>Bytes of a number.</summary>
    static abstract int Size { get; }

    /// <summary>8 numbers.</summary>
    static abstract Vector256<float> Load8(byte* from);

    /// <summary>16 numbers.</summary>
    static abstract Vector512<float> Load16(byte* from);
}

internal readonly unsafe struct StoredFloat32 : IStored
{
    public static int Size => sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load8(byte* from) => Vector256.Load((float*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(byte* from) => Vector512.Load((float*)from);
}

internal readonly unsafe struct StoredFloat16 : IStored
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load8(byte* from) => Float16.WidenFinite(Vector128.Load((ushort*)from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(byte* from) => Float16.WidenFinite(Vector256.Load((ushort*)from));
}

internal readonly unsafe struct StoredBfloat16 : IStored
{
    public static int Size => sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load8(byte* from) => Bfloat16.Widen(Vector128.Load((ushort*)from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(byte* from) => Bfloat16.Widen(Vector256.Load((ushort*)from));
}
