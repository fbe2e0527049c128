using System.Text.Json;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>Text that a real model writes, against what its authors' program printed.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class GenerateTests
{
    private const string Story = "Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball. She wanted to play with it, but it was too high.\nLily's mom said, \"Lily, let's go to the park.\"";

    private static string Stories260K => SharedData.Path("data", "models", "stories260K");

    [SharedFact]
    public void Greedy_text_is_the_model_cards()
    {
        var result = Command.Result("generate", Stories260K, "--prompt", "", "--max-tokens", "120");
        Assert.StartsWith(Story, result.GetProperty("text").GetString()!.TrimStart(), StringComparison.Ordinal);
        Assert.Equal(1, result.GetProperty("prompt_tokens").GetInt32());

        // The cache must not show: a prompt in the middle continues the same way.
        var rest = Command.Result("generate", Stories260K, "--prompt", Story[..53], "--max-tokens", "90").GetProperty("text").GetString()!;
        Assert.StartsWith(Story[53..], rest, StringComparison.Ordinal);
    }

    [SharedFact]
    public void Sampled_text_belongs_to_its_seed_and_streams_as_it_is()
    {
        string[] arguments = ["generate", Stories260K, "--prompt", "Once", "--max-tokens", "60", "--temperature", "1"];
        string Text(params string[] more) => Command.Result([.. arguments, .. more]).GetProperty("text").GetString()!;
        var first = Text("--seed", "7");
        Assert.Equal(first, Text("--seed", "7", "--threads", "1"));
        Assert.NotEqual(first, Text("--seed", "8"));
        var streamed = Command.Run([.. arguments, "--seed", "7"]);
        Assert.Equal(0, streamed.Code);
        Assert.Equal(first + Environment.NewLine, streamed.Output);
    }

    [Fact]
    public void The_embedded_model_writes_without_the_shared_folder()
    {
        var result = Command.Result("generate", Command.Embedded, "--prompt", "Once upon a time", "--max-tokens", "24");
        Assert.Equal("length", result.GetProperty("finish_reason").GetString());
        Assert.Equal(24, result.GetProperty("tokens").GetArrayLength());
        var longer = Command.Run("generate", Command.Embedded, "--prompt", "Once", "--max-tokens", "300");
        Assert.Equal(0, longer.Code);
        Assert.Contains("more than the model's window of 256", longer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_ends_where_the_folder_says_not_only_where_the_tokenizer_does()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(Command.Embedded))
        {
            File.Copy(file, folder.PathOf(Path.GetFileName(file)));
        }

        string[] arguments = ["generate", folder.Root, "--prompt", "Once upon a time", "--max-tokens", "24"];
        int[] Tokens(JsonElement result) => [.. result.GetProperty("tokens").EnumerateArray().Select(t => t.GetInt32())];
        var whole = Tokens(Command.Result(arguments));
        var last = Array.FindIndex(whole, 5, t => Array.IndexOf(whole, t, 0, 5) < 0);
        folder.Write("generation_config.json", $$"""{"eos_token_id":[999999,{{whole[last]}}]}""");
        var ended = Command.Result(arguments);
        Assert.Equal(whole[..last], Tokens(ended));
        Assert.Equal("stop", ended.GetProperty("finish_reason").GetString());
    }

    [Fact]
    public void Memory_that_the_machine_has_not_is_one_line()
    {
        // The table of angles alone takes 2 x 128 GB.
        if (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > 100L << 30)
        {
            return;
        }

        var run = Command.Run("generate", Command.Embedded, "--prompt", "Once", "--max-tokens", "1000000000");
        Assert.Equal(3, run.Code);
        Assert.Equal("", run.Output);
        Assert.Contains("not enough memory", Assert.Single(run.Complaints), StringComparison.Ordinal);
    }
}
