namespace Ropewalk.Tests.Peer;

/// <summary>What a run of the peer left.</summary>
/// <param name="Code">Exit code: 0 done, 2 the input cannot be used, 3 llama.cpp is missing or gave up.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record PeerRun(int Code, string Output, string Error);
