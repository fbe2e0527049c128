using Ropewalk.Engine.Tokenization;
using Ropewalk.Tests.EndToEnd;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;
using Ropewalk.Tests.Tokenization;
using Ropewalk.Tests.Tokenization.Gguf;

namespace Ropewalk.Tests.Peer;

/// <summary>Real tokenizers with a small random model, written by our convert: llama.cpp encodes from the file as we do from the folder.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class ConvertedTokenizerTests
{
    [PeerTheory]
    [InlineData("llama2", 32000)]
    [InlineData("phi-3-mini", 32064)]
    [InlineData("falcon", 65024)]
    [InlineData("phi-2", 51200)]
    public void Llama_cpp_encodes_as_we_do(string name, int rows)
    {
        using var root = new TemporaryFolder();
        var file = Convert(root, name, rows);
        var folder = TokenizerFolders.Get(name);
        var embedded = Tokenizer.Load(file);
        foreach (var parseSpecial in (bool[])[true, false])
        {
            foreach (var text in Texts(name, parseSpecial))
            {
                var theirs = LlamaCpp.Tokenize(file, text, addSpecial: true, parseSpecial);
                Assert.True(theirs.Length > 50);
                Assert.Equal(theirs, folder.Encode(text, matchSpecialTokens: parseSpecial));
                Assert.Equal(theirs, embedded.Encode(text, matchSpecialTokens: parseSpecial));
                var result = Command.Result(["tokenize", file, "--text", text, .. parseSpecial ? (string[])["--parse-special"] : []]);
                Assert.Equal(theirs, result.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32()));
            }
        }
    }

    /// <summary>All hard texts in one, since each question starts a process; in two orders, so that other ones meet; and a page of a book.</summary>
    private static IEnumerable<string> Texts(string name, bool parseSpecial)
    {
        // The writer's notes say so: Llama 2 looks for its special tokens in the normalised text; to Phi-3 </s> is no special one.
        var texts = HardTexts.All.Where(t => !t.Contains("<s>", StringComparison.Ordinal) || (parseSpecial ? name is not "llama2" : name is not "phi-3-mini")).ToArray();
        yield return string.Join('\n', texts);
        yield return string.Join(' ', texts.Reverse());
        yield return File.ReadAllText(SharedData.Path("data", "text", "books", "heldout", "Dostoyevsky_Fyodor_The_Idiot.txt")).Substring(100_000, 5000);
    }

    private static string Convert(TemporaryFolder root, string name, int rows)
    {
        // The name of the folder becomes the model's, by which llama.cpp knows Phi-3.
        var source = Directory.CreateDirectory(root.PathOf(name)).FullName;
        using var weights = new TemporaryFolder();
        RandomCheckpoint.Write(weights, $$"""
            {"model_type":"llama","hidden_size":16,"intermediate_size":16,"num_hidden_layers":1,"num_attention_heads":2,"num_key_value_heads":1,
             "vocab_size":{{rows}},"max_position_embeddings":256,"rms_norm_eps":1e-5,"rope_theta":10000.0,"hidden_act":"silu","tie_word_embeddings":true}
            """, 11);
        foreach (var file in Directory.GetFiles(weights.Root).Concat(Directory.GetFiles(TokenizerFolders.Folder(name))))
        {
            File.Copy(file, Path.Combine(source, Path.GetFileName(file)));
        }

        var target = root.PathOf("model.gguf");
        Command.Result("convert", source, target);
        return target;
    }
}
