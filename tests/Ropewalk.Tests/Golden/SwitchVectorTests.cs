using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Generation;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;
using Ropewalk.Tests.Models;
using Ropewalk.Tests.Peer;

namespace Ropewalk.Tests.Golden;

/// <summary>The published vectors of the factor switch (docs/conformance): logits around position L under each policy, of a small model that lies
/// beside them. They are a plain float64 forward pass's; the engine has to reach them, and llama.cpp where it knows the policy. With
/// ROPEWALK_WRITE_VECTORS=1 the first test writes them anew.</summary>
public sealed class SwitchVectorTests
{
    private const int L = 256;
    private const int Length = 258;

    private static readonly (string Policy, SwitchPolicy Engine, int[][] Fed)[] s_cases =
    [
        ("by-sequence", SwitchPolicy.BySequence, [[258], [200, 58], [255, 1, 1, 1]]),
        ("pin-long", SwitchPolicy.PinLong, [[258], [200, 58], [255, 1, 1, 1]]),
        ("pin-short", SwitchPolicy.PinShort, [[258], [200, 58], [255, 1, 1, 1]]),
        ("at-boundary", SwitchPolicy.AtBoundary, [[256, 1, 1], [256, 2], [100, 156, 1, 1]]),
        ("at-boundary-turn", SwitchPolicy.AtBoundaryTurn, [[256, 1, 1], [256, 2], [100, 156, 1, 1]]),
    ];

    private static string Folder => Path.Combine(SharedData.Root, "docs", "conformance");

    private static TinyLlama Tiny => new TinyLlama { Hidden = 24, Heads = 4, KeyValueHeads = 2, HeadDim = 8, FeedForward = 32, Vocabulary = 40, Layers = 2 }.Fill(2024);

    [Fact]
    public void The_vectors_are_those_of_a_plain_forward_pass()
    {
        if (Environment.GetEnvironmentVariable("ROPEWALK_WRITE_VECTORS") == "1")
        {
            Write();
        }

        using var vectors = Vectors();
        using var model = ModelLoader.Load(Path.Combine(Folder, "model"));
        foreach (var entry in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            var expected = Reference(entry.GetProperty("policy").GetString()!, Tokens(vectors), model.Rope.Scaling);
            foreach (var row in entry.GetProperty("logits").EnumerateObject())
            {
                var position = int.Parse(row.Name, System.Globalization.CultureInfo.InvariantCulture);
                var published = row.Value.EnumerateArray().Select(v => v.GetDouble()).ToArray();
                for (var v = 0; v < published.Length; v++)
                {
                    Numbers.Close(expected[position][v], (float)published[v], 1e-6, $"{entry.GetProperty("policy")}: position {position} logit {v}");
                }
            }
        }
    }

    [Fact]
    public void The_engine_reaches_them_however_the_text_is_fed()
    {
        using var vectors = Vectors();
        var tokens = Tokens(vectors);
        using var model = ModelLoader.Load(Path.Combine(Folder, "model"));
        foreach (var (policy, engine, feeds) in s_cases)
        {
            var published = vectors.RootElement.GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("policy").GetString() == policy).GetProperty("logits");
            foreach (var pieces in feeds)
            {
                var rows = new float[Length][];
                using var session = new GenerationSession(model, new PositionMethod(model.Rope.Scaling), Length, engine);
                foreach (var count in pieces)
                {
                    var from = session.Length;
                    session.Append(tokens.AsSpan(from, count), 0, (row, logits) => rows[from + row] = logits.ToArray());
                }

                foreach (var row in published.EnumerateObject())
                {
                    // A prompt that ends beyond L has the long factors at once: what it says of the positions before differs by policy.
                    var position = int.Parse(row.Name, System.Globalization.CultureInfo.InvariantCulture);
                    AssertClose(row.Value, rows[position], $"{policy}, fed {string.Join(' ', pieces)}: position {position}");
                }
            }
        }
    }

    [PeerFact]
    public void llama_cpp_has_the_pinned_ones()
    {
        using var vectors = Vectors();
        using var folder = new TemporaryFolder();
        var file = folder.PathOf("model.gguf");
        using (var checkpoint = CheckpointFolder.Open(Path.Combine(Folder, "model")))
        {
            GgufExport.Write(checkpoint, file, null, metadata => metadata.Set("tokenizer.ggml.model", "no_vocab"));
        }

        // It chooses by the context that was allocated. A context of L is short; nothing beyond L fits into it.
        var tokens = Tokens(vectors);
        var asLong = LlamaCpp.Logits(file, tokens, "--ctx", "512");
        var asShort = LlamaCpp.Logits(file, tokens[..L], "--ctx", "256");
        var cases = vectors.RootElement.GetProperty("cases").EnumerateArray().ToDictionary(c => c.GetProperty("policy").GetString()!, c => c.GetProperty("logits"), StringComparer.Ordinal);
        foreach (var position in (int[])[L - 1, L, L + 1])
        {
            AssertClose(cases["pin-long"].GetProperty($"{position}"), asLong[position], $"long, position {position}");
        }

        AssertClose(cases["pin-short"].GetProperty($"{L - 1}"), asShort[L - 1], "short");
        Assert.Throws<Xunit.Sdk.TrueException>(() => AssertClose(cases["pin-long"].GetProperty($"{L - 1}"), asShort[L - 1], "the lists differ"));
    }

    private static void AssertClose(JsonElement published, float[] found, string where)
    {
        var expected = published.EnumerateArray().Select(v => v.GetDouble()).ToArray();
        Assert.Equal(expected.Length, found.Length);
        for (var v = 0; v < expected.Length; v++)
        {
            Assert.True(Math.Abs(expected[v] - found[v]) <= 2e-4, $"{where}, logit {v}: expected {expected[v]:G7}, found {found[v]:G7}");
        }
    }

    private static JsonDocument Vectors() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "switch.json")));

    private static int[] Tokens(JsonDocument vectors) => [.. vectors.RootElement.GetProperty("tokens").EnumerateArray().Select(t => t.GetInt32())];

    private static double[][] Reference(string policy, int[] tokens, RopeScaling scaling)
    {
        double[][] Whole(int length) => Tiny.Forward(tokens, scaling.At(length));
        return policy switch
        {
            "by-sequence" or "pin-long" => Whole(Length),
            "pin-short" => Whole(L),
            "at-boundary" => [.. Whole(L)[..L], .. Whole(Length)[L..]],
            _ => Tiny.Forward(tokens, t => scaling.At(Math.Max(t + 1, L))),
        };
    }

    private static void Write()
    {
        using var folder = new TemporaryFolder();
        Tiny.Write(folder, config =>
        {
            config["max_position_embeddings"] = 8 * L;
            config["original_max_position_embeddings"] = L;
            config["rope_scaling"] = new JsonObject
            {
                ["rope_type"] = "longrope",
                ["short_factor"] = new JsonArray(1.0, 1.1, 1.2, 1.4),
                ["long_factor"] = new JsonArray(1.0, 1.8, 3.0, 6.0),
                ["original_max_position_embeddings"] = L,
                ["attention_factor"] = 1.19,
            };
        });
        var target = Directory.CreateDirectory(Path.Combine(Folder, "model")).FullName;
        foreach (var name in (string[])["config.json", "model.safetensors"])
        {
            File.Copy(folder.PathOf(name), Path.Combine(target, name), overwrite: true);
        }

        using var model = ModelLoader.Load(target);
        var random = new CounterRandom(258);
        int[] tokens = [.. Enumerable.Range(0, Length).Select(_ => random.NextInt(model.Shape.VocabularySize))];
        var cases = s_cases.Select(c =>
        {
            var logits = Reference(c.Policy, tokens, model.Rope.Scaling);
            return (JsonNode)new JsonObject
            {
                ["policy"] = c.Policy,
                ["fed"] = new JsonArray([.. c.Fed.Select(f => (JsonNode)new JsonArray([.. f.Select(n => (JsonNode)n)]))]),
                ["logits"] = new JsonObject(((int[])[L - 1, L, L + 1]).Select(p => KeyValuePair.Create($"{p}", (JsonNode?)new JsonArray([.. logits[p].Select(v => (JsonNode)Math.Round(v, 7))])))),
            };
        });
        File.WriteAllText(Path.Combine(Folder, "switch.json"), new JsonObject
        {
            ["description"] = "Logits of the tokens at positions L-1, L and L+1 (counted from 0) under each policy. fed: pieces in which the tokens may be given; all have these logits. Made by a float64 forward pass.",
            ["model"] = "model",
            ["original_max_position_embeddings"] = L,
            ["tokens"] = new JsonArray([.. tokens.Select(t => (JsonNode)t)]),
            ["cases"] = new JsonArray([.. cases]),
        }.ToJsonString() + "\n");
    }
}
