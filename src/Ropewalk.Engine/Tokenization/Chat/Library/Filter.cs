namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>What stands behind "|".</summary>
/// <param name="run">For limits and complaints.</param>
/// <param name="value">What is filtered.</param>
/// <param name="arguments">What the filter is given beside.</param>
internal delegate JinjaValue Filter(Evaluation run, JinjaValue value, CallArguments arguments);
