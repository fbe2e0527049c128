namespace Ropewalk.Engine.Tokenization;

/// <summary>Lower case, character by character; of the full mappings only the dotted capital I has two characters.</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    public override bool CutsAt(char before, char after) => true;

    public override string Normalize(string text) => text.Replace("\u0130", "i\u0307").ToLowerInvariant();
}
