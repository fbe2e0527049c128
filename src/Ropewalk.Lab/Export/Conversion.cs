using System.Collections.Immutable;

namespace Ropewalk.Lab.Export;

/// <summary>What a conversion wrote.</summary>
/// <param name="NumTensors">Tensors of the network.</param>
/// <param name="SizeBytes">Bytes of all files.</param>
/// <param name="Notes">What the user should know, one line each.</param>
public sealed record Conversion(int NumTensors, long SizeBytes, ImmutableArray<string> Notes);
