using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Lab.Doctor;
using Ropewalk.Tests.EndToEnd;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Peer;

/// <summary>What doctor says that llama.cpp does with a GGUF file, done by llama.cpp.</summary>
public sealed class DoctorAgreementTests : IDisposable
{
    private const int Length = 600;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [PeerFact]
    public void The_type_without_its_lists_is_plain_positions()
    {
        var file = Write(Command.Model, "longrope", metadata => metadata.Set("llama.rope.scaling.type", "longrope"));
        Assert.Equal("gguf-lists", Assert.Single(ModelDoctor.Examine(file).Findings).Rule);
        Assert.Equal(Losses(PeerText.Gguf("llama2xs")), Losses(file));
    }

    [PeerFact]
    public void A_factor_beside_the_lists_is_divided_by_too()
    {
        var lists = Exported("resonance+yarn:4");
        var doubled = Write(lists, "doubled", metadata => metadata.Set("llama.rope.scaling.factor", 4f));
        Assert.Equal("gguf-doubled-factors", Assert.Single(ModelDoctor.Examine(doubled).Findings).Rule);
        Assert.True(Losses(doubled).Average() > Losses(Write(lists, "lists", _ => { })).Average() + 0.5);
    }

    [PeerFact]
    public void Yarn_keys_beyond_the_factor_have_no_effect()
    {
        var yarn = Exported("yarn:4");
        var keyed = Write(yarn, "keyed", metadata =>
        {
            metadata.Set("llama.rope.scaling.yarn_attn_factor", 1.5f);
            metadata.Set("llama.rope.scaling.yarn_beta_fast", 4f);
        });
        Assert.Equal("gguf-yarn-keys", Assert.Single(ModelDoctor.Examine(keyed).Findings).Rule);
        Assert.Equal(Losses(Write(yarn, "plain", _ => { })), Losses(keyed));
    }

    private static double[] Losses(string file) => LlamaCpp.Losses(file, PeerText.Tokens("llama2xs", Length));

    private string Exported(string scaling)
    {
        var folder = _folder.PathOf("exported");
        Command.Result("export", Command.Model, "--scaling", scaling, "--target", "huggingface-v4", "--out", folder);
        return folder;
    }

    private string Write(string source, string name, Action<GgufMetadata> change)
    {
        var file = _folder.PathOf($"{name}.gguf");
        using var checkpoint = ModelLoader.Open(source);
        GgufExport.Write(checkpoint, file, null, metadata =>
        {
            metadata.Set("tokenizer.ggml.model", "no_vocab");
            change(metadata);
        });
        return file;
    }
}
