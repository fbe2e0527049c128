using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;
using Ropewalk.Positions.Plans;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Embedding;

public sealed class EncoderModelTests
{
    private const string Positions = "embeddings.position_embeddings.weight";
    private const int Window = 16;
    private const int Width = 120;

    public static TheoryData<string> Names() => [.. SmallEncoders.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_text_has_the_same_rows_alone_and_in_a_batch(string name)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallEncoders.All[name], 700);
        using var model = TextEncoder.Load(folder.Root);
        int[][] texts = [Tokens(130, 1), Tokens(7, 2), Tokens(1, 3), Tokens(64, 4)];
        var together = Run(model, texts, EncoderMethod.None);
        for (var i = 0; i < texts.Length; i++)
        {
            Numbers.Same(Run(model, [texts[i]], EncoderMethod.None)[0], together[i], $"{name}, text {i}");
        }
    }

    /// <summary>Pooling that takes one row computes that row alone in the last layer; it is the row that the whole pass gives.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void One_row_is_the_same_as_among_all(string name)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallEncoders.All[name], 700);
        using var model = TextEncoder.Load(folder.Root);
        int[][] texts = [Tokens(130, 1), Tokens(7, 2), Tokens(1, 3), Tokens(64, 4), Tokens(300, 5)];
        string[] specs = model.Rope is null ? ["grouped:group=2"] : ["linear:2", "self-extend:group=4,window=16"];
        foreach (var method in specs.Select(s => EncoderMethodSpec.Parse([s], model)).Prepend(EncoderMethod.None))
        {
            var all = Run(model, texts, method);
            var (first, last) = (Run(model, texts, method, RowChoice.First), Run(model, texts, method, RowChoice.Last));
            for (var i = 0; i < texts.Length; i++)
            {
                Numbers.Same(all[i].AsSpan(0, Width), first[i], $"{name}, {method.Spec}, text {i}, the first row");
                Numbers.Same(all[i].AsSpan(all[i].Length - Width), last[i], $"{name}, {method.Spec}, text {i}, the last row");
            }

            Numbers.Same(last[0], Run(model, [texts[0]], method, RowChoice.Last)[0], $"{name}, {method.Spec}, alone");
        }
    }

    /// <summary>A method for learned positions is the ordinary model with a longer table that we write by the published formulas.</summary>
    [Theory]
    [InlineData("grouped", 2)]
    [InlineData("recurrent", 2)]
    [InlineData("table:4", 4)]
    public void A_longer_table_and_its_method_are_one(string spec, int factor)
    {
        var length = factor * Window;
        using var folder = new TemporaryFolder();
        var config = RandomCheckpoint.Config(SmallEncoders.All["bert"], $$"""{"max_position_embeddings":{{Window}}}""");
        RandomCheckpoint.Write(folder, config, 700);
        using var model = TextEncoder.Load(folder.Root);
        var method = EncoderMethodSpec.Parse([spec], model);
        Assert.True(model.LongestText(method) >= length);

        using var longer = new TemporaryFolder();
        longer.Write("config.json", RandomCheckpoint.Config(config, $$"""{"max_position_embeddings":{{length}}}"""));
        using (var source = CheckpointFolder.Open(folder.Root))
        {
            var table = Singles(source, Positions);
            SafetensorsWriter.Write(longer.PathOf("model.safetensors"), source.TensorNames.Select(n => n == Positions
                ? TensorSource.FromSingles(n, StoredType.F32, [length, Width], Enumerable.Range(0, length).SelectMany(i => Row(spec, factor, table, i)).ToArray())
                : TensorSource.FromSingles(n, StoredType.F32, source.Find(n)!.Shape, Singles(source, n))).ToList());
        }

        using var stretched = TextEncoder.Load(longer.Root);
        int[][] texts = [Tokens(length, 1)];
        var ours = Run(model, texts, method)[0];
        Numbers.Close(Run(stretched, texts, EncoderMethod.None)[0], ours, 1e-5, spec);

        // A text that fits reads the trained rows as before, in the stretched table too.
        texts = [Tokens(Window, 2)];
        Numbers.Same(Run(model, texts, EncoderMethod.None)[0], Run(model, texts, method)[0], $"{spec}, a short text");
    }

    [Fact]
    public void Roberta_reads_its_table_from_the_row_after_the_padding()
    {
        using var roberta = new TemporaryFolder();
        RandomCheckpoint.Write(roberta, RandomCheckpoint.Config(SmallEncoders.All["xlm-roberta"], """{"max_position_embeddings":18}"""), 700);
        using var bert = new TemporaryFolder();
        bert.Write("config.json", RandomCheckpoint.Config(SmallEncoders.All["bert"], """{"max_position_embeddings":16,"type_vocab_size":1}"""));
        using (var source = CheckpointFolder.Open(roberta.Root))
        {
            SafetensorsWriter.Write(bert.PathOf("model.safetensors"), source.TensorNames.Select(n => n == Positions
                ? TensorSource.FromSingles(n, StoredType.F32, [16, Width], Singles(source, n).AsMemory(2 * Width))
                : TensorSource.FromSingles(n, StoredType.F32, source.Find(n)!.Shape, Singles(source, n))).ToList());
        }

        using var first = TextEncoder.Load(roberta.Root);
        using var second = TextEncoder.Load(bert.Root);
        Assert.Equal(16, first.Window);
        Numbers.Same(Run(second, [Tokens(16, 1)], EncoderMethod.None)[0], Run(first, [Tokens(16, 1)], EncoderMethod.None)[0], "rows");
    }

    [Theory]
    [InlineData("bert", "self-extend:group=2,window=16", "plan self-extend:group=2,window=16: found a model with learned positions")]
    [InlineData("bert", "linear:2", "--method: found \"linear:2\" for a model with learned positions")]
    [InlineData("nomic_bert", "table:2", "table:2: found a model with rotary positions")]
    [InlineData("nomic_bert", "dual-chunk", "plan dual-chunk: found a model whose tokens see the whole text")]
    [InlineData("bert", "table:1", "--method: found \"table:1\", expected table: and a whole number from 2")]
    [InlineData("nomic_bert", "nonsense", "nonsense")]
    public void A_method_that_does_not_fit_is_refused(string name, string spec, string message)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallEncoders.All[name], 700);
        using var model = TextEncoder.Load(folder.Root);
        Assert.Contains(message, Assert.ThrowsAny<RopewalkException>(() => EncoderMethodSpec.Parse([spec], model)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_that_cannot_be_run_are_refused()
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallEncoders.All["bert"], 700);
        using var model = TextEncoder.Load(folder.Root);
        foreach (var wrong in (int[][])[[], Tokens(513, 1), [1003], [-1]])
        {
            Assert.Throws<ArgumentException>(() => Run(model, [Tokens(3, 1), wrong], EncoderMethod.None));
        }

        Assert.Empty(Run(model, [], EncoderMethod.None));
    }

    [Fact]
    public void Selfextend_leaves_short_texts_alone_and_changes_long_ones()
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, RandomCheckpoint.Config(SmallEncoders.All["nomic_bert"], """{"n_positions":64}"""), 700);
        using var model = TextEncoder.Load(folder.Root);
        var method = new EncoderMethod { Plan = new SelfExtendPlan(64, 3, 32) };
        Numbers.Same(Run(model, [Tokens(64, 1)], EncoderMethod.None)[0], Run(model, [Tokens(64, 1)], method)[0], "64 tokens");
        Assert.Equal(100 * Width, Run(model, [Tokens(100, 1)], method)[0].Length);
        Assert.Throws<ArgumentException>(() => Run(model, [Tokens(100, 1)], EncoderMethod.None));
    }

    /// <summary>Qwen3-Embedding and E5-Mistral are saved without head and prefix, BERT's own checkpoints with a prefix and with heads.</summary>
    [Theory]
    [InlineData("qwen3", "model.", "")]
    [InlineData("mistral", "model.", "")]
    [InlineData("gpt_neox", "gpt_neox.", "")]
    [InlineData("bert", "", "bert.")]
    [InlineData("modernbert", "", "model.")]
    public void Names_may_have_a_prefix_or_lack_it(string name, string before, string after)
    {
        using var folder = new TemporaryFolder();
        var config = SmallEncoders.All.TryGetValue(name, out var encoder) ? encoder : SmallConfigs.All[name];
        RandomCheckpoint.Write(folder, config, 700);
        using var renamed = new TemporaryFolder();
        renamed.Write("config.json", config);
        using (var source = CheckpointFolder.Open(folder.Root))
        {
            var kept = source.TensorNames.Where(n => n.StartsWith(before, StringComparison.Ordinal));
            SafetensorsWriter.Write(
                renamed.PathOf("model.safetensors"),
                [
                    .. kept.Select(n => TensorSource.FromSingles(after + n[before.Length..], StoredType.F32, source.Find(n)!.Shape, Singles(source, n))),
                    TensorSource.FromSingles("cls.predictions.bias", StoredType.F32, [3], new float[3]),
                ]);
        }

        using var model = TextEncoder.Load(folder.Root);
        using var found = TextEncoder.Load(renamed.Root);
        Numbers.Same(Run(model, [Tokens(40, 1)], EncoderMethod.None)[0], Run(found, [Tokens(40, 1)], EncoderMethod.None)[0], name);
    }

    private static float[][] Run(TextEncoder model, int[][] texts, EncoderMethod method, RowChoice rows = RowChoice.All)
    {
        var found = new float[texts.Length][];
        model.Forward([.. texts.Select(t => (ReadOnlyMemory<int>)t)], method, rows, (i, x) => found[i] = x.ToArray());
        return found;
    }

    private static int[] Tokens(int length, ulong seed)
    {
        var random = new CounterRandom(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextInt(1003))];
    }

    private static IEnumerable<float> Row(string spec, int factor, float[] table, int row)
    {
        var (from, share) = spec switch
        {
            "grouped" => (row / factor, 0f),
            "recurrent" => (row % Window, 0f),
            _ => (row / factor, row / factor == Window - 1 ? 0 : (float)(row % factor) / factor),
        };
        return Enumerable.Range(0, Width).Select(i => ((1 - share) * table[(from * Width) + i]) + (share * table[(Math.Min(from + 1, Window - 1) * Width) + i]));
    }

    private static float[] Singles(CheckpointFolder source, string name)
    {
        var tensor = source.Find(name)!;
        var bytes = new byte[tensor.NumRows * tensor.RowBytes];
        tensor.ReadRows(0, bytes);
        return [.. System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes)];
    }
}
