namespace Ropewalk.Lab.Retrieval;

/// <summary>A case as tokens, with as much haystack as its window holds.</summary>
/// <param name="Window">Tokens that prompt and answer may have together.</param>
/// <param name="Prompt">Ids, BOS in front where the tokenizer adds one.</param>
/// <param name="NeedleToken">Index of the needle's first token.</param>
/// <param name="Shared">The first tokens of the prompt that prompt and answer have too, whatever the answer: all of them, unless the tokenizer
/// joins the prompt's end with the answer's beginning.</param>
/// <param name="Continuations">For each candidate, the tokens after the shared ones of prompt and answer written as one text.</param>
/// <param name="MaxNewTokens">Tokens to generate at most.</param>
public sealed record FittedPrompt(int Window, int[] Prompt, int NeedleToken, int Shared, int[][] Continuations, int MaxNewTokens);
