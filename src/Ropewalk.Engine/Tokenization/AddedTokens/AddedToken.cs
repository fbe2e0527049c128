namespace Ropewalk.Engine.Tokenization;

/// <summary>A token that is found in the text before the model sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="SingleWord">Matches only where no word character touches it.</param>
/// <param name="LeftStrip">Swallows the white space before it.</param>
/// <param name="RightStrip">Swallows the white space after it.</param>
/// <param name="Normalized">Is looked for in the normalised text (and is itself normalised first).</param>
/// <param name="Special">Controls the model; left out of decoded text on request.</param>
internal sealed record AddedToken(
    int Id, string Content, bool SingleWord, bool LeftStrip, bool RightStrip, bool Normalized, bool Special)
{
    /// <summary>Longer contents are refused: matching costs text length x longest content in the worst case.</summary>
    public const int MaxLength = 1024;

    /// <summary>Reads one entry of added_tokens.</summary>
    public static AddedToken Read(JsonField field)
    {
        var id = field.Required("id");
        var content = field.Required("content");
        var special = field.BoolOr("special", false);
        var token = new AddedToken(
            id.Int(),
            content.String(),
            field.BoolOr("single_word", false),
            field.BoolOr("lstrip", false),
            field.BoolOr("rstrip", false),
            field.BoolOr("normalized", !special),
            special);
        if (token.Id < 0)
        {
            throw id.Error("an id of 0 or more");
        }

        return token.Content.Length <= MaxLength
            ? token
            : throw content.Error($"{token.Content.Length} characters", $"at most {MaxLength}");
    }
}
