using System.Runtime.Intrinsics;

namespace Ropewalk.Engine.Tensors;

/// <summary>Widens blocks of bfloat16 weights while they are used.</summary>
internal static unsafe class WideningCopy
{
    /// <summary>Widens <paramref name="count"/> numbers; <paramref name="count"/> is a multiple of 16.</summary>
    public static void FromBfloat16(ushort* source, float* destination, int count)
    {
        for (var i = 0; i < count; i += 16)
        {
            var (low, high) = Vector256.Widen(Vector256.Load(source + i));
            Vector256.ShiftLeft(low, 16).AsSingle().Store(destination + i);
            Vector256.ShiftLeft(high, 16).AsSingle().Store(destination + i + 8);
        }
    }
}
