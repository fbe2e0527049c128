using System.Text;

namespace Ropewalk.Tests.Tokenization;

/// <summary>A folder with the files of a tokenizer, gone when disposed of.</summary>
internal sealed class TokenizerFiles : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ropewalk-tokenizer-");

    public string Path => _folder.FullName;

    public TokenizerFiles With(string name, byte[] bytes)
    {
        File.WriteAllBytes(System.IO.Path.Combine(Path, name), bytes);
        return this;
    }

    public TokenizerFiles With(string name, string text) => With(name, Encoding.UTF8.GetBytes(text));

    public void Dispose() => _folder.Delete(recursive: true);
}
