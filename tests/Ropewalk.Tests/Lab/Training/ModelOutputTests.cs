using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Training;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Lab.Training;

public sealed class ModelOutputTests
{
    [Theory]
    [InlineData("dtype")]
    [InlineData("torch_dtype")]
    public void The_type_is_said_once_and_by_the_name_that_the_config_has_for_it(string key)
    {
        var config = new ModelConfig { Width = 16, Layers = 1, Heads = 2, KeyValueHeads = 2, FeedForward = 24, Vocabulary = 20, Window = 16, EndToken = 19 }.ToJson();
        using var parsed = JsonDocument.Parse(config.ToJsonString());
        using var model = TrainableModel.Create(parsed.RootElement, "config.json");
        config.Remove("torch_dtype");
        config[key] = "float32";
        using var folder = new TemporaryFolder();
        ModelOutput.Write(model, config, [("note.txt", [65])], StoredType.BF16, folder.PathOf("model"));
        var written = (JsonObject)JsonNode.Parse(File.ReadAllText(folder.PathOf("model/config.json")))!;
        Assert.Equal([key], written.Select(p => p.Key).Where(k => k.EndsWith("dtype", StringComparison.Ordinal)));
        Assert.Equal("bfloat16", (string)written[key]!);
        Assert.Equal([65], File.ReadAllBytes(folder.PathOf("model/note.txt")));
    }
}
