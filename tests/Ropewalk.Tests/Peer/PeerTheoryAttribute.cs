namespace Ropewalk.Tests.Peer;

/// <summary>A theory that asks llama.cpp about data of the shared folder; skipped with a clear message where either is absent.</summary>
public sealed class PeerTheoryAttribute : TheoryAttribute
{
    public PeerTheoryAttribute()
    {
        if (LlamaCpp.Unavailable is { } reason)
        {
            Skip = reason;
        }
    }
}
