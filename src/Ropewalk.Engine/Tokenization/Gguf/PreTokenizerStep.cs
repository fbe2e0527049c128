using System.Text.Json.Nodes;

namespace Ropewalk.Engine.Tokenization;

/// <summary>One step of a pre-tokenizer, in a form in which two of them can be compared and written.</summary>
/// <param name="Type">Its type in tokenizer.json; one that no table has where it is used in an unusual way.</param>
/// <param name="Detail">What sets it apart from others of its type.</param>
internal sealed record PreTokenizerStep(string Type, string Detail)
{
    private const string Each = "each";
    private const string Regex = "regex";

    /// <summary>Each match of a pattern is a word, and so is what lies between.</summary>
    public static PreTokenizerStep Split(string pattern) => new("Split", pattern);

    /// <summary>Bytes become the byte alphabet; <paramref name="regex"/>: words are cut by GPT-2's pattern before.</summary>
    public static PreTokenizerStep ByteLevel(bool regex) => new("ByteLevel", regex ? Regex : "");

    /// <summary>Digits are words, each or in runs.</summary>
    public static PreTokenizerStep Digits(bool each) => new("Digits", each ? Each : "");

    /// <summary>Runs of punctuation are words.</summary>
    public static PreTokenizerStep Punctuation { get; } = new("Punctuation", "Contiguous");

    /// <summary>The steps of a pre_tokenizer, sequences laid flat.</summary>
    public static IEnumerable<PreTokenizerStep> ReadAll(JsonField? field) => field is not { } step ? [] : step.Type() switch
    {
        "Sequence" => step.Required("pretokenizers").Items().SelectMany(i => ReadAll(i)),
        "Split" => [ReadSplit(step)],
        "ByteLevel" => [step.BoolOr("add_prefix_space", true)
            ? new("ByteLevel with add_prefix_space", "")
            : ByteLevel(step.BoolOr("use_regex", true))],
        "Digits" => [Digits(step.BoolOr("individual_digits", false))],
        "Punctuation" => [new("Punctuation", step.Optional("behavior")?.String() ?? "Isolated")],
        var type => [new(type, "")],
    };

    /// <summary>As it stands in a tokenizer.json.</summary>
    public JsonObject ToJson() => Type switch
    {
        "Split" => new JsonObject
        {
            ["type"] = Type,
            ["pattern"] = new JsonObject { [nameof(Regex)] = Detail },
            ["behavior"] = "Isolated",
            ["invert"] = false,
        },
        "ByteLevel" => new JsonObject { ["type"] = Type, ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = Detail == Regex },
        "Digits" => new JsonObject { ["type"] = Type, ["individual_digits"] = Detail == Each },
        _ => new JsonObject { ["type"] = Type, ["behavior"] = Detail },
    };

    private static PreTokenizerStep ReadSplit(JsonField step)
    {
        var field = step.Required("pattern");
        var pattern = field.Kind == System.Text.Json.JsonValueKind.Object ? field.Optional(nameof(Regex))?.String() : null;

        // Some files have the line breaks themselves in their patterns; the meaning is the same.
        pattern = pattern?.Replace("\r", @"\r", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
        var behavior = step.Required("behavior").String();
        var invert = step.BoolOr("invert", false);

        // Where the matches cover the whole text, dropping what lies between drops nothing.
        return pattern is not null
            && (behavior == "Isolated" || (behavior == "Removed" && invert && WordScanner.Known(pattern) is not null))
                ? Split(pattern)
                : new PreTokenizerStep($"Split {behavior}", pattern ?? "text");
    }
}
