namespace Ropewalk.Engine.Tokenization;

/// <summary>Puts a text before each text that is not empty.</summary>
internal sealed class PrependNormalizer(string prefix) : Normalizer
{
    public override bool CutsAt(char before, char after) => true;

    public override Normalizer? Rest => null;

    public override bool KeepsTokens => true;

    public override string Normalize(string text) => text.Length == 0 ? text : prefix + text;
}
