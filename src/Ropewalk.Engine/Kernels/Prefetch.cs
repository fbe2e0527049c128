using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Ropewalk.Engine.Kernels;

/// <summary>Tells the processor what will be read soon. Its own guesses end at a page, and a long text's keys and values lie in pieces of
/// one page or less. Never faults; does nothing where .NET has no such instruction (Arm).</summary>
internal static unsafe class Prefetch
{
    private const int Line = 64;

    /// <summary>Brings bytes to the second-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Bytes(byte* from, int count)
    {
        if (Sse.IsSupported)
        {
            for (var at = 0; at < count; at += Line)
            {
                Sse.Prefetch1(from + at);
            }
        }
    }
}
