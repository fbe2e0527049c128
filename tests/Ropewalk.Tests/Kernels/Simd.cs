namespace Ropewalk.Tests.Kernels;

/// <summary>Which vectors a child process was started to run with; a parent says so in the environment.</summary>
internal static class Simd
{
    public const string Variable = "ROPEWALK_TEST_WIDEST_VECTOR";

    /// <summary>Bits of the widest accelerated vector that the parent expects at most; null in an ordinary run.</summary>
    public static string? Widest => Environment.GetEnvironmentVariable(Variable);

    /// <summary>Software vectors are slow: large shapes are left to the ordinary run.</summary>
    public static bool IsReduced => Widest is not null;
}
