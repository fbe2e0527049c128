using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Tests.Tokenization;

/// <summary>Against Python 3's unicodedata.normalize (Unicode 14).</summary>
public sealed class UnicodeNormalizerTests
{
    [Theory]
    [InlineData("\u0065\u0301", "\u00E9", "\u0065\u0301", "\u00E9", "\u0065\u0301")]
    [InlineData("\u00E9", "\u00E9", "\u0065\u0301", "\u00E9", "\u0065\u0301")]
    [InlineData("\uFB01", "\uFB01", "\uFB01", "\u0066\u0069", "\u0066\u0069")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u017F\u0323\u0307", "\u1E69", "\u0073\u0323\u0307")]
    [InlineData("\uAC01", "\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("\u0344", "\u0308\u0301", "\u0308\u0301", "\u0308\u0301", "\u0308\u0301")]
    [InlineData("\u0061\u0323\u0302\u0301", "\u1EAD\u0301", "\u0061\u0323\u0302\u0301", "\u1EAD\u0301", "\u0061\u0323\u0302\u0301")]
    [InlineData("\u212B", "\u00C5", "\u0041\u030A", "\u00C5", "\u0041\u030A")]
    [InlineData("\uFDFA", "\uFDFA", "\uFDFA", "\u0635\u0644\u0649\u0020\u0627\u0644\u0644\u0647\u0020\u0639\u0644\u064A\u0647\u0020\u0648\u0633\u0644\u0645", "\u0635\u0644\u0649\u0020\u0627\u0644\u0644\u0647\u0020\u0639\u0644\u064A\u0647\u0020\u0648\u0633\u0644\u0645")]
    [InlineData("\u0071\u0307\u0323", "\u0071\u0323\u0307", "\u0071\u0323\u0307", "\u0071\u0323\u0307", "\u0071\u0323\u0307")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("\uD834\uDD5E", "\uD834\uDD57\uD834\uDD65", "\uD834\uDD57\uD834\uDD65", "\uD834\uDD57\uD834\uDD65", "\uD834\uDD57\uD834\uDD65")]
    [InlineData("\u0B47\u0B3E", "\u0B4B", "\u0B47\u0B3E", "\u0B4B", "\u0B47\u0B3E")]
    [InlineData("\u1100\uAC00\u11A8", "\u1100\uAC01", "\u1100\u1100\u1161\u11A8", "\u1100\uAC01", "\u1100\u1100\u1161\u11A8")]
    [InlineData("\u0041\u0327\u030A", "\u00C5\u0327", "\u0041\u0327\u030A", "\u00C5\u0327", "\u0041\u0327\u030A")]
    [InlineData("\u2126\u00BD\u3392", "\u03A9\u00BD\u3392", "\u03A9\u00BD\u3392", "\u03A9\u0031\u2044\u0032\u004D\u0048\u007A", "\u03A9\u0031\u2044\u0032\u004D\u0048\u007A")]
    [InlineData("\u0301\u0061", "\u0301\u0061", "\u0301\u0061", "\u0301\u0061", "\u0301\u0061")]
    [InlineData("\u0061\u0315\u0300\u05AE\u0062", "\u00E0\u05AE\u0315\u0062", "\u0061\u05AE\u0300\u0315\u0062", "\u00E0\u05AE\u0315\u0062", "\u0061\u05AE\u0300\u0315\u0062")]
    [InlineData("\uD804\uDD31\uD804\uDD27", "\uD804\uDD2E", "\uD804\uDD31\uD804\uDD27", "\uD804\uDD2E", "\uD804\uDD31\uD804\uDD27")]
    public void Gives_the_four_forms(string text, string nfc, string nfd, string nfkc, string nfkd)
    {
        Assert.Equal(nfc, new UnicodeNormalizer(compatibility: false, compose: true).Normalize(text));
        Assert.Equal(nfd, new UnicodeNormalizer(compatibility: false, compose: false).Normalize(text));
        Assert.Equal(nfkc, new UnicodeNormalizer(compatibility: true, compose: true).Normalize(text));
        Assert.Equal(nfkd, new UnicodeNormalizer(compatibility: true, compose: false).Normalize(text));
    }
}
