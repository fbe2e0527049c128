namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>What stands behind "is".</summary>
/// <param name="run">For limits and complaints.</param>
/// <param name="value">What is tested.</param>
/// <param name="arguments">What the test is given beside.</param>
internal delegate bool Test(Evaluation run, JinjaValue value, CallArguments arguments);
