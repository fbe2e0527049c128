namespace Ropewalk.Tests.Peer;

/// <summary>A fact that asks llama.cpp about data of the shared folder; skipped with a clear message where either is absent.</summary>
public sealed class PeerFactAttribute : FactAttribute
{
    public PeerFactAttribute()
    {
        if (LlamaCpp.Unavailable is { } reason)
        {
            Skip = reason;
        }
    }
}
