namespace Ropewalk.Peer;

/// <summary>An argument or a file that cannot be used. The message is one line: what, what was found, what was expected.</summary>
internal sealed class PeerInputException(string message) : Exception(message);
