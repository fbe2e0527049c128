using System.Runtime.InteropServices;

namespace Ropewalk.Engine.Kernels;

/// <summary>One head's queries under one band of a position plan.</summary>
/// <param name="Queries">First query, turned and scaled by log2(e) times the factor of the scores.</param>
/// <param name="QueryGradients">Where its gradient is added.</param>
/// <param name="KeySet">Which turned keys they are compared with.</param>
/// <param name="First">First key of each query; never falls.</param>
/// <param name="End">Key after the last of each query; never falls.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe record struct TrainedBand(nint Queries, nint QueryGradients, int KeySet, nint First, nint End)
{
    /// <summary>First key of a query.</summary>
    public int FirstOf(int query) => ((int*)First)[query];

    /// <summary>Key after the last of a query.</summary>
    public int EndOf(int query) => ((int*)End)[query];
}
