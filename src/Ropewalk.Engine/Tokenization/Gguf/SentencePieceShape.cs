using System.Text.Json;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Recognises the ways in which a tokenizer.json says what llama.cpp's SentencePiece tokenizer does.</summary>
internal static class SentencePieceShape
{
    private const string Supported = "spaces to U+2581 by a normalizer Replace, with or without Prepend, or by Metaspace without split";

    /// <summary>Whether a space is put before a text.</summary>
    /// <exception cref="Formats.UnsupportedCheckpointException">The file does something else, too.</exception>
    public static bool AddsSpace(JsonField root, List<string> notes)
    {
        var normalizer = root.Optional("normalizer") is { } n ? Normalizers(n).ToArray() : [];
        var before = root.Optional("pre_tokenizer");
        switch (normalizer)
        {
            case ["prepend", "replace"] when before is null:
                return true;
            case ["replace"] when before is not { } step || SplitsAtSpace(step):
                return false;
            case [] when before is { } step && step.Type() == "Metaspace" && !step.BoolOr("split", true):
                return AddsMarker(step, notes);
            default:
                var found = $"the normalizer {Described(root.Optional("normalizer"))} with the pre-tokenizer {Described(before)}";
                throw root.Unsupported(found + " in a GGUF file", Supported);
        }
    }

    private static bool AddsMarker(JsonField metaspace, List<string> notes)
    {
        var (marker, scheme) = MetaspacePreTokenizer.ReadMarker(metaspace);
        if (marker != '\u2581')
        {
            throw metaspace.Unsupported("the marker " + JsonField.Short(marker.ToString()), "U+2581");
        }

        if (scheme != PrependScheme.Never)
        {
            notes.Add($"{metaspace.File}: pre_tokenizer: Metaspace puts no space before a text that begins with one{(scheme == PrependScheme.First ? ", nor after a special token" : "")}; llama.cpp does");
        }

        return scheme != PrependScheme.Never;
    }

    private static IEnumerable<string> Normalizers(JsonField field) => field.Type() switch
    {
        "Sequence" => field.Required("normalizers").Items().SelectMany(Normalizers),
        "Prepend" when field.Required("prepend").String() == "\u2581" => ["prepend"],
        "Replace" when Literal(field) == " " && field.Required("content").String() == "\u2581" => ["replace"],
        var type => [type],
    };

    /// <summary>Gemma's: there is no space left to split at.</summary>
    private static bool SplitsAtSpace(JsonField step) => step.Type() == "Split" && Literal(step) == " ";

    private static string? Literal(JsonField field) =>
        field.Required("pattern") is var pattern && pattern.Kind == JsonValueKind.Object ? pattern.Optional("String")?.String() : null;

    private static string Described(JsonField? field) => field is { } f ? JsonField.Short(f.Type()) : "none";
}
