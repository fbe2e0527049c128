namespace Ropewalk.Lab.LongEmbed;

/// <summary>What one document of a synthetic task tells that no other does.</summary>
/// <param name="Line">The line that is hidden.</param>
/// <param name="Question">What asks for it.</param>
internal sealed record HiddenLine(string Line, string Question);
