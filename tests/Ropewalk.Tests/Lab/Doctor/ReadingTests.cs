using Ropewalk.Lab.Doctor;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Lab.Doctor;

/// <summary>What the table says that each engine computes.</summary>
public sealed class ReadingTests
{
    private const string Qwen = """
        {"model_type":"qwen2","hidden_size":3584,"num_attention_heads":28,"max_position_embeddings":32768,"rope_theta":1000000.0}
        """;

    [Fact]
    public void The_recipe_of_the_model_card_is_plain_positions_in_the_releases_that_lost_it()
    {
        const string Yarn = """{"rope_scaling":{"rope_type":"yarn","factor":4.0,"original_max_position_embeddings":32768}}""";
        var plain = Reading(Qwen, Engines.Transformers457);
        var lost = Reading(RandomCheckpoint.Config(Qwen, Yarn), Engines.Transformers457);
        Assert.InRange(plain.DifferenceFrom(lost)!.Value, 0, 1e-12);

        // Four times slower at the last pair, and an attention factor: the others have it.
        foreach (var engine in Engines.All.Except([Engines.Transformers457]))
        {
            Assert.Equal(3, Reading(RandomCheckpoint.Config(Qwen, Yarn), engine).DifferenceFrom(lost)!.Value, 1e-9);
        }
    }

    [Fact]
    public void The_ramp_of_4_4x_differs_as_the_golden_values_do()
    {
        // Golden hf_rope_parameters.json: max 131072 against 32768 in the ramp, entries up to 55 % apart.
        var config = RandomCheckpoint.Config(Qwen, """{"max_position_embeddings":131072,"rope_scaling":{"rope_type":"yarn","factor":4.0,"original_max_position_embeddings":32768}}""");
        Assert.InRange(Reading(config, Engines.Transformers44).DifferenceFrom(Reading(config, Engines.Transformers5))!.Value, 0.4, 1.3);
        Assert.Equal(0, Reading(config, Engines.Transformers457).DifferenceFrom(Reading(config, Engines.Transformers5)));
        Assert.Equal(0, Reading(config, Engines.LlamaCpp).DifferenceFrom(Reading(config, Engines.Ropewalk)));
    }

    [Fact]
    public void Llama_cpp_s_converter_leaves_a_llama_s_factors_behind()
    {
        var config = RandomCheckpoint.Config(Qwen, $$$"""
            {"model_type":"llama","max_position_embeddings":131072,"original_max_position_embeddings":32768,
             "rope_scaling":{"rope_type":"longrope","short_factor":[{{{Factors(1)}}}],"long_factor":[{{{Factors(4)}}}]}}
            """);
        Assert.Contains("plain positions", Reading(config, Engines.LlamaCpp).InForce, StringComparison.Ordinal);
        Assert.True(Reading(config, Engines.LlamaCpp).DifferenceFrom(Reading(config, Engines.Ropewalk)) >= 3);
        var phi = RandomCheckpoint.Config(config, """{"model_type":"phi3"}""");
        Assert.Equal(0, Reading(phi, Engines.LlamaCpp).DifferenceFrom(Reading(phi, Engines.Ropewalk)));

        static string Factors(int value) => string.Join(',', Enumerable.Repeat(value, 64));
    }

    [Fact]
    public void Old_releases_do_not_see_the_new_key()
    {
        var config = RandomCheckpoint.Config(Qwen, """{"rope_theta":null,"rope_parameters":{"rope_type":"linear","factor":4.0,"rope_theta":1000000.0}}""");
        Assert.Equal("plain positions, base 10000; rope_parameters is not read; the base is the model class's default", Reading(config, Engines.Transformers44).InForce);
        Assert.Equal("linear, factor 4, base 1000000", Reading(config, Engines.Transformers5).InForce);
    }

    private static EngineReading Reading(string config, string engine)
    {
        using var folder = new TemporaryFolder();
        return ModelDoctor.Examine(folder.Write("config.json", config)).Readings.Single(r => r.Engine == engine);
    }
}
