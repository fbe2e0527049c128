namespace Ropewalk.Engine.Tokenization;

/// <summary>The special tokens that are put around a text.</summary>
/// <param name="Prefix">Ids before it.</param>
/// <param name="Suffix">Ids after it.</param>
internal sealed record SpecialFrame(int[] Prefix, int[] Suffix)
{
    private const string Supported = "BertProcessing, ByteLevel, RobertaProcessing, Sequence, TemplateProcessing";

    /// <summary>Nothing before, nothing after.</summary>
    public static SpecialFrame Empty { get; } = new([], []);

    /// <summary>Reads a post_processor. Null where it says nothing about special tokens (ByteLevel moves offsets only).</summary>
    public static SpecialFrame? Read(JsonField field) => field.Type() switch
    {
        "BertProcessing" or "RobertaProcessing" => new SpecialFrame([Id(field.Required("cls"))], [Id(field.Required("sep"))]),
        "ByteLevel" => null,
        "Sequence" => field.Required("processors").Items().Select(Read).Aggregate((SpecialFrame?)null, Around),
        "TemplateProcessing" => ReadTemplate(field),
        var type => throw field.Unsupported("the post-processor " + JsonField.Short(type), Supported),
    };

    /// <summary>The id in ["[CLS]", 101].</summary>
    private static int Id(JsonField pair) =>
        pair.Items().ToArray() is [_, var id] ? id.Int() : throw pair.Error($"{pair.Count} values", "a token and its id");

    private static SpecialFrame? Around(SpecialFrame? inner, SpecialFrame? outer) => (inner, outer) switch
    {
        (null, _) => outer,
        (_, null) => inner,
        _ => new SpecialFrame([.. outer.Prefix, .. inner.Prefix], [.. inner.Suffix, .. outer.Suffix]),
    };

    /// <summary>Reads the template for one text; that for pairs is not used.</summary>
    private static SpecialFrame ReadTemplate(JsonField field)
    {
        var single = field.Required("single");
        var prefix = new List<int>();
        var suffix = new List<int>();
        var texts = 0;
        foreach (var item in single.Items())
        {
            if (item.Optional("Sequence") is { } sequence)
            {
                if (sequence.Required("id").String() != "A" || ++texts > 1)
                {
                    throw sequence.Error("another sequence than A, once", "the sequence A, once");
                }
            }
            else
            {
                (texts == 0 ? prefix : suffix).AddRange(Ids(field, item.Required("SpecialToken").Required("id")));
            }
        }

        return texts == 1
            ? new SpecialFrame([.. prefix], [.. suffix])
            : throw single.Error("no sequence", "the sequence A, once");
    }

    private static int[] Ids(JsonField template, JsonField name) =>
        [.. template.Required("special_tokens").Required(name.String()).Required("ids").Items().Select(i => i.Int())];
}
