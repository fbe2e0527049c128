namespace Ropewalk.Engine.Tokenization;

/// <summary>Which tokens begin and end a text, and which are added: see <see cref="Tokenizer.Load"/> for the rule.</summary>
internal sealed record SpecialTokens(SpecialFrame Frame, int? Bos, int? Eos)
{
    /// <param name="config">tokenizer_config.json, or null.</param>
    /// <param name="frame">What the post_processor says, or null.</param>
    /// <param name="find">Id of a token.</param>
    /// <param name="notes">Receives contradictions.</param>
    public static SpecialTokens Read(JsonField? config, SpecialFrame? frame, Func<string, int?> find, List<string> notes)
    {
        if (config is not { } fields)
        {
            // Without a config the one token that a template puts first is the best guess, and a good one.
            return new SpecialTokens(frame ?? SpecialFrame.Empty, frame is { Prefix: [var only] } ? only : null, null);
        }

        var bos = ReadToken(fields, "bos_token", find, notes);
        var eos = ReadToken(fields, "eos_token", find, notes);
        var prefix = Added(fields, "add_bos_token", "bos_token", bos);
        var suffix = Added(fields, "add_eos_token", "eos_token", eos);
        if (frame is null)
        {
            return new SpecialTokens(new SpecialFrame(prefix ?? [], suffix ?? []), bos, eos);
        }

        Compare(fields, "add_bos_token", prefix, frame.Prefix, notes);
        Compare(fields, "add_eos_token", suffix, frame.Suffix, notes);
        return new SpecialTokens(frame, bos, eos);
    }

    /// <summary>A token's name is a string, or an object with its content.</summary>
    private static int? ReadToken(JsonField config, string name, Func<string, int?> find, List<string> notes)
    {
        if (config.Optional(name) is not { } field)
        {
            return null;
        }

        var text = field.Kind == System.Text.Json.JsonValueKind.Object ? field.Required("content").String() : field.String();
        var id = find(text);
        if (id is null)
        {
            notes.Add($"{config.File}: {name}: ignored: \"{JsonField.Short(text)}\" is not in the vocabulary");
        }

        return id;
    }

    /// <summary>The ids that the config adds at one end; null where it does not say.</summary>
    private static int[]? Added(JsonField config, string flag, string name, int? token)
    {
        if (config.Optional(flag) is not { } field)
        {
            return null;
        }

        if (!field.Bool())
        {
            return [];
        }

        return token is { } id ? [id] : throw field.Error("true without a known " + name, $"{name} from the vocabulary");
    }

    private static void Compare(JsonField config, string flag, int[]? said, int[] done, List<string> notes)
    {
        if (said is not null && !said.AsSpan().SequenceEqual(done))
        {
            notes.Add($"{config.File}: {flag}: ignored: the post_processor of tokenizer.json decides otherwise");
        }
    }
}
