using System.Diagnostics;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Runs;

/// <summary>Seconds that training takes: one step of short sequences is timed, and longer ones are counted by the multiply-adds of a token.</summary>
/// <param name="ShortLength">Tokens of the sequences that were timed.</param>
/// <param name="SecondsOfToken">What one of their tokens took.</param>
/// <param name="Work">Multiply-adds.</param>
public sealed record TrainingCost(int ShortLength, double SecondsOfToken, CostModel Work)
{
    private const int MostTimed = 256;
    private const int Sequences = 4;
    private const int Rounds = 2;

    /// <summary>Seconds of so many tokens in sequences of a length.</summary>
    public double Seconds(long tokens, int length) =>
        tokens * SecondsOfToken * (Work.Seconds(length) / length) / (Work.Seconds(ShortLength) / ShortLength);

    /// <summary>Times one.</summary>
    /// <param name="model">Hugging Face folder or GGUF file.</param>
    /// <param name="adapters">Trained instead of the weights; null for the weights.</param>
    /// <exception cref="Ropewalk.Positions.UserInputException">The model has no products for the adapters.</exception>
    public static TrainingCost Measure(string model, AdapterSettings? adapters)
    {
        using var checkpoint = ModelLoader.Open(model);
        using var trainable = TrainableModel.Load(checkpoint);
        if (adapters is not null)
        {
            trainable.AddAdapters(adapters, _ => { });
        }

        foreach (var parameter in trainable.Parameters.Where(_ => adapters is null))
        {
            parameter.IsTrained = true;
        }

        var length = Math.Min(MostTimed, trainable.Rope.Geometry.OriginalContext);
        using var rotary = new RotaryTable(trainable.Rope.Scaling.At(length), length);
        var random = new CounterRandom(0);
        int[] Tokens() => [.. Enumerable.Range(0, length).Select(_ => random.NextInt(trainable.Shape.VocabularySize))];
        TrainingSequence[] batch = [.. Enumerable.Range(0, Sequences).Select(_ => new TrainingSequence(Tokens(), Tokens(), rotary))];
        var best = double.PositiveInfinity;
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            trainable.Backward(batch, 1f / (Sequences * length));
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return new TrainingCost(length, best / (Sequences * length), CostModel.Counted(trainable.Shape));
    }
}
