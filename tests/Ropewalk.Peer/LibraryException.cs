namespace Ropewalk.Peer;

/// <summary>llama.cpp's libraries are absent, cannot be loaded, or are not the build that the declarations describe.</summary>
internal sealed class LibraryException(string message) : Exception(message);
