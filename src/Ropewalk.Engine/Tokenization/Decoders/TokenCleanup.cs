namespace Ropewalk.Engine.Tokenization;

/// <summary>Takes out the spaces before punctuation and in English contractions, as the reference does and in its order.</summary>
internal static class TokenCleanup
{
    private static readonly (string From, string To)[] Rules =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    public static string Apply(string text) =>
        Rules.Aggregate(text, (t, rule) => t.Replace(rule.From, rule.To, StringComparison.Ordinal));
}
