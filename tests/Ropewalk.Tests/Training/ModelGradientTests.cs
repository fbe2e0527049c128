using Ropewalk.Engine.Models;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;
using Ropewalk.Positions.Plans;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Training;

/// <summary>Gradients of whole models: against central differences of a float64 forward pass that shares no code with the engine, and of each
/// architecture against differences of its own loss, which is checked against the engine's inference.</summary>
public sealed class ModelGradientTests
{
    public static TheoryData<string> Configs() => [.. SmallConfigs.All.Keys];

    [Theory]
    [MemberData(nameof(Configs))]
    public void The_loss_is_that_of_inference(string name)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallConfigs.All[name], 30);
        using var model = ModelLoader.Load(folder.Root);
        var tokens = Tokens(150, model.Shape.VocabularySize, 31);
        var logits = ModelLogits.Of(model, tokens);
        var expected = Enumerable.Range(0, tokens.Length - 1).Sum(t => Loss([.. logits[t].Select(l => (double)l)], tokens[t + 1]));
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var trained = TrainableModel.Load(checkpoint);
        using var rotary = new RotaryTable(model.Rope.Scaling.At(tokens.Length), tokens.Length);
        Numbers.Close(expected, trained.Loss([Sequence(tokens, rotary)]), 2e-6 * expected, name);
        Assert.Equal(model.NumParameters, trained.Parameters.Sum(p => p.Length));
    }

    [Theory]
    [MemberData(nameof(Configs))]
    public void The_gradient_agrees_with_differences_of_the_loss(string name)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallConfigs.All[name], 32);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.Load(checkpoint);
        var tokens = Tokens(110, model.Shape.VocabularySize, 33);
        using var rotary = new RotaryTable(model.Rope.Scaling.At(tokens.Length), tokens.Length);
        TrainingSequence[] batch = [Sequence(tokens, rotary)];
        TrainAll(model);
        model.Backward(batch, 1);
        foreach (var parameter in model.Parameters)
        {
            // A step along the gradient itself, so that what is compared stands out from float32's noise.
            var gradient = Gradient(parameter);
            var norm = Math.Sqrt(gradient.Sum(g => (double)g * g));
            var before = Values(parameter);
            var h = 0.25 / norm / norm;
            double At(double step)
            {
                Set(parameter, [.. before.Select((v, i) => (float)(v + (step * gradient[i])))]);
                return model.Loss(batch);
            }

            // Richardson: what is left of the difference's error falls with the fourth power of the step.
            var wide = (At(2 * h) - At(-2 * h)) / (4 * h);
            var narrow = (At(h) - At(-h)) / (2 * h);
            Set(parameter, before);
            Numbers.Close(((4 * narrow) - wide) / 3 / (norm * norm), 1, 5e-3, $"{name}: {parameter.Name}, gradient of length {norm:G4}");
        }
    }

    [Theory]
    [InlineData("full", 1, 1.0, false)]
    [InlineData("full", 2, 1.3, true)]
    [InlineData("self-extend:group=4,window=20", 2, 1.1, false)]
    [InlineData("rerope:window=24", 3, 1.0, true)]
    [InlineData("log-n:training=64", 3, 1.2, false)]
    [InlineData("sinks:start=4,recent=40", 1, 1.0, false)]
    public void The_gradient_agrees_with_a_float64_model(string plan, int shares, double factor, bool tied)
    {
        const int Length = 70;
        var tiny = new TinyLlama { Heads = 2 * shares, KeyValueHeads = 2, HeadDim = 12, Partial = shares == 1 ? 1 : 0.67, Layers = 2, Tied = tied, AttentionBias = tied, MlpBias = tied }.Fill(600);
        using var folder = new TemporaryFolder();
        tiny.Write(folder);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.Load(checkpoint);
        var tokens = Tokens(Length, tiny.Vocabulary, 34);
        var (distance, queryFactor) = PlanForwardTests.s_plans[plan];
        var frequencies = new RopeFrequencies(model.Rope.Geometry.InverseFrequencies(), factor);
        double Reference(RopeFrequencies f) =>
            tiny.Forward(tokens, f, distance, queryFactor).Select((logits, t) => t + 1 < Length ? Loss(logits, tokens[t + 1]) : 0).Sum();
        using var rotary = new RotaryTable(frequencies, PositionPlanRegistry.Parse(plan, 128).Causal(), Length);
        TrainAll(model);
        var gradient = new RotaryGradient(frequencies.Pairs);
        var loss = model.Backward([Sequence(tokens, rotary)], 1, gradient);
        Numbers.Close(Reference(frequencies), loss, 1e-4, "loss");

        foreach (var parameter in model.Parameters)
        {
            var found = Gradient(parameter);
            var values = tiny[parameter.Name];
            var random = new CounterRandom(35, (ulong)values.Length);
            var before = values.ToArray();

            // Along a random direction of all numbers, and one number alone. The steps are those of the float32 weights as they come out.
            foreach (var chosen in (int[][])[[.. Enumerable.Range(0, values.Length)], [random.NextInt(values.Length)]])
            {
                var direction = chosen.ToDictionary(i => i, _ => (random.NextDouble() * 2) - 1);
                double At(double h, double[] deltas)
                {
                    foreach (var i in chosen)
                    {
                        values[i] = (float)(before[i] + (h * direction[i]));
                        deltas[i] = values[i];
                    }

                    return Reference(frequencies);
                }

                var h = chosen.Length == 1 ? 1e-2 : 2e-3 / Math.Sqrt(chosen.Length);
                var (above, below) = (new double[values.Length], new double[values.Length]);
                var difference = At(h, above) - At(-h, below);
                before.CopyTo(values, 0);
                var predicted = above.Zip(below, (a, b) => a - b).Select((d, i) => d * found[i]).Sum();
                var size = Math.Sqrt(found.Sum(g => (double)g * g)) * Math.Sqrt(above.Zip(below, (a, b) => (a - b) * (a - b)).Sum());
                Numbers.Close(difference, predicted, (3e-4 * size) + 1e-9, $"{plan}: {parameter.Name}, {chosen.Length} numbers");
            }
        }

        for (var i = 0; i < frequencies.Pairs; i++)
        {
            var f = Gradients.ToDoubles([.. frequencies.InverseFrequencies.Select(x => (float)x)]);
            var slope = Gradients.Slope(x => Reference(new RopeFrequencies([.. x], factor)), [.. frequencies.InverseFrequencies], i, 1e-6);
            Numbers.Close(slope, gradient.InverseFrequencies[i], 2e-4 * (10 + Math.Abs(slope)), $"{plan}: frequency {i}");
            Numbers.Close(-frequencies.InverseFrequencies[i] * gradient.InverseFrequencies[i], gradient.LogRescaleFactors(frequencies.InverseFrequencies.AsSpan())[i], 0, "rescale factor");
        }

        var slopeOfFactor = Gradients.Slope(x => Reference(new RopeFrequencies(frequencies.InverseFrequencies, x[0])), [factor], 0);
        Numbers.Close(slopeOfFactor, gradient.AttentionFactor, 2e-4 * (1 + Math.Abs(slopeOfFactor)), $"{plan}: attention factor");
    }

    [Fact]
    public void Documents_in_one_sequence_are_as_if_alone()
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallConfigs.All["llama"], 37);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.Load(checkpoint);
        using var rotary = new RotaryTable(model.Rope.Scaling.At(150), 150);
        var (a, b) = (Tokens(60, model.Shape.VocabularySize, 1), Tokens(90, model.Shape.VocabularySize, 2));
        TrainAll(model);
        model.Backward([Sequence(a, rotary), Sequence(b, rotary)], 1);
        var apart = model.Parameters.Select(Gradient).ToArray();
        var expected = model.Loss([Sequence(a, rotary), Sequence(b, rotary)]);
        foreach (var parameter in model.Parameters)
        {
            parameter.ClearGradient();
        }

        var packed = new TrainingSequence([.. a, .. b], [.. Targets(a), .. Targets(b)], rotary) { DocumentStarts = [.. a.Select(_ => 0), .. b.Select(_ => 60)] };
        Numbers.Close(expected, model.Backward([packed], 1), 1e-5 * expected, "loss");
        foreach (var (found, alone) in model.Parameters.Select(Gradient).Zip(apart))
        {
            Numbers.Close(alone, found, 1e-3 * alone.Max(Math.Abs), "gradient");
        }
    }

    internal static int[] Tokens(int count, int vocabulary, ulong seed)
    {
        var random = new CounterRandom(seed, 99);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextInt(vocabulary))];
    }

    internal static TrainingSequence Sequence(int[] tokens, RotaryTable rotary) => new(tokens, Targets(tokens), rotary);

    internal static void TrainAll(TrainableModel model)
    {
        foreach (var parameter in model.Parameters)
        {
            parameter.IsTrained = true;
        }
    }

    internal static float[] Gradient(Parameter parameter) => parameter.GradientSpan(0, parameter.Rows).ToArray();

    internal static float[] Values(Parameter parameter) => parameter.RowSpan(0, parameter.Rows).ToArray();

    internal static void Set(Parameter parameter, float[] values)
    {
        values.CopyTo(parameter.RowSpan(0, parameter.Rows));
        parameter.Changed();
    }

    private static int[] Targets(int[] tokens) => [.. tokens.Skip(1), -1];

    private static double Loss(double[] logits, int target)
    {
        var most = logits.Max();
        return Math.Log(logits.Sum(l => Math.Exp(l - most))) + most - logits[target];
    }
}
