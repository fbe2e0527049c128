using Ropewalk.Engine.Models;

namespace Ropewalk.Engine.Training;

/// <summary>A weight of a layer as a checkpoint stores it: of one product, or of several whose rows share the tensor.</summary>
/// <param name="Module">The tensor's name without ".weight".</param>
/// <param name="Layer">The layer.</param>
/// <param name="Parts">The products.</param>
/// <param name="Rows">For each row of the tensor the product that it belongs to and its row there.</param>
internal sealed record StoredProduct(string Module, int Layer, IReadOnlyList<TensorRole> Parts, IReadOnlyList<(TensorRole Part, int Row)> Rows)
{
    /// <summary>The last part of the module's name, by which PEFT's target_modules know it.</summary>
    public string ShortName => Module[(Module.LastIndexOf('.') + 1)..];

    /// <summary>Whether it is one of attention's.</summary>
    public bool IsOfAttention => Parts.Any(part => part is TensorRole.Query or TensorRole.Key or TensorRole.Value or TensorRole.AttentionOutput);
}
