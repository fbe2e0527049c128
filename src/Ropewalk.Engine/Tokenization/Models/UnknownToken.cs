using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Tokenization;

/// <summary>The token for what no other can write. A file may lack it as long as no text needs it.</summary>
/// <param name="Known">Its id, or null.</param>
/// <param name="File">The file that should name it.</param>
/// <param name="Field">The field.</param>
internal sealed record UnknownToken(int? Known, string File, string Field)
{
    /// <summary>Its id.</summary>
    /// <exception cref="CheckpointFormatException">There is none.</exception>
    public int Id => Known ?? throw new CheckpointFormatException(
        File, Field, "none in the vocabulary, and a text that the other tokens cannot write", "the name of a token");

    /// <summary>Reads unk_token.</summary>
    public static UnknownToken Read(JsonField model, string absent, Dictionary<string, int> vocabulary)
    {
        var field = model.Optional("unk_token");
        var name = field?.String() ?? absent;
        return new UnknownToken(vocabulary.TryGetValue(name, out var id) ? id : null, model.File, $"{model.Path}.unk_token");
    }
}
