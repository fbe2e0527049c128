namespace Ropewalk.Tests.Tokenization.Gguf;

/// <summary>Texts on which tokenizers part.</summary>
internal static class HardTexts
{
    /// <summary>The texts, each another trap.</summary>
    public static string[] All { get; } =
    [
        "",
        " ",
        "  ",
        "\n",
        "\t\n  \r\n\n   x",
        "Once upon a time, there was a little girl named Lily.",
        " leading and trailing  ",
        "   three",
        new string(' ', 17) + "a" + new string(' ', 33) + "b",
        new string(' ', 100),
        new string('a', 37) + " " + new string('e', 61),
        new string('=', 70) + new string('-', 41),
        "It's we'll I'M they'RE don't 'tis ''' 's",
        "3 33 333 3333 33333 333333 3.14159 1,000,000 2\u00B2 \u00BD \u0663\u0664 12345678901234567890",
        "\u00E9 e\u0301 na\u00EFve \u00C9cole \u00E9Bar \u1E9B\u0323 \uFB01n \u0130stanbul",
        "\u041F\u0440\u0438\u0432\u0435\u0442, \u043C\u0438\u0440! \u4F60\u597D\u4E16\u754C\u3002\u3053\u3093\u306B\u3061\u306F \uD55C\uAD6D\uC5B4 \u0E44\u0E17\u0E22 \u0627\u0644\u0633\u0644\u0627\u0645",
        "\U0001F600 \U0001F468\u200D\U0001F469\u200D\U0001F467 \U0001F1E9\U0001F1EA\U0001D518\U0001D52B \U00010400a \U0001D7D8 \U00020000\u4E00",
        "\u00A0nbsp\u00A0\u00A0x\u3000\u2003em\u2028line\u0085next\uFEFFbom\u200Bzero",
        "\u2581marker\u2581\u2581 \u2581x",
        "<s>a</s> <unk> b<|endoftext|>  c <0x41> <0xZZ>",
        "<|user|>\nHi<|end|>\n<|assistant|>",
        "def f(x):\n\treturn {'a': [1, 2, 3], \"b\": x**2}  # comment\n\n\n\nclass A:\n        pass\n",
        "!!!???...,,;;::--__==++**&&^^%%$$##@@~~``||\\\\//<<>>[](){}\"'",
        "http://example.com/a_b-c?d=e&f=%20g#h user@host.org v1.2.3-rc4",
        "nul\0in\u0001the\u007Fmiddle",
        "aAaAbBcC camelCaseWordHTTPServer XMLHttpRequest iOS",
        "a\u0300\u0301\u0302b \u0915\u094D\u0937\u093F \u0E01\u0E33 \u1100\u1161\u11A8",
    ];
}
