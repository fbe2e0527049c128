namespace Ropewalk.Lab.Data;

/// <summary>A stretch of text of exactly the context under test.</summary>
/// <param name="Document">Index of its document, the unit that bootstraps resample.</param>
/// <param name="Start">Index in its document of the first token that is text.</param>
/// <param name="Tokens">The ids, a BOS in front where the tokenizer adds one; every token but the first is scored.</param>
public sealed record EvaluationWindow(int Document, int Start, int[] Tokens);
