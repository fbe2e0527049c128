namespace Ropewalk.Engine.Kernels;

/// <summary>The non-linear function in the middle of a feed-forward network.</summary>
internal enum Activation
{
    /// <summary>x / (1 + e^-x).</summary>
    Silu,

    /// <summary>x Phi(x), with the error function.</summary>
    Gelu,

    /// <summary>x Phi(x) by the approximation with a hyperbolic tangent (1606.08415).</summary>
    GeluTanh,
}
