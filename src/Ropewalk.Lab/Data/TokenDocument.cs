namespace Ropewalk.Lab.Data;

/// <summary>One text as token ids, without special tokens.</summary>
/// <param name="Name">File name or title.</param>
/// <param name="Tokens">Ids.</param>
public sealed record TokenDocument(string Name, int[] Tokens);
