using Ropewalk.Engine.Tokenization;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Training;

namespace Ropewalk.Cli;

/// <summary>What train and tune hand over to be trained.</summary>
internal sealed record TrainingWork
{
    /// <summary>The model; what moves is chosen.</summary>
    public required TrainableModel Model { get; init; }

    /// <summary>The model in the records: another one, or another way to train it, has another name.</summary>
    public required string Name { get; init; }

    /// <summary>Steps, rates, sizes.</summary>
    public required TrainingSettings Settings { get; init; }

    /// <summary>Of recall texts, where there are any.</summary>
    public required Tokenizer Tokenizer { get; init; }

    /// <summary>The texts.</summary>
    public required IReadOnlyList<TokenDocument> Documents { get; init; }

    /// <summary>Put between documents; null for nothing.</summary>
    public required int? EndToken { get; init; }

    /// <summary>The encoding.</summary>
    public required TrainedPositions Positions { get; init; }

    /// <summary>Writes the model into the run's folder.</summary>
    public required Action<string> Export { get; init; }
}
