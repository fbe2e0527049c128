using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Tensors;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Training;

/// <summary>What moves when a model is tuned, all its weights or adapters beside them, and how it is stored afterwards.</summary>
public static class TunedWeights
{
    private const ulong Stream = 0x6C6F7261;

    /// <summary>Chooses it; adapters begin at random numbers of their own.</summary>
    /// <param name="model">The model.</param>
    /// <param name="adapters">Adapters; null for all weights.</param>
    /// <param name="seed">Of the random numbers.</param>
    /// <exception cref="Ropewalk.Positions.UserInputException">The model has no products for the adapters.</exception>
    public static void Choose(TrainableModel model, AdapterSettings? adapters, ulong seed)
    {
        if (adapters is not null)
        {
            var random = new CounterRandom(seed).Fork(Stream);
            ulong stream = 0;
            model.AddAdapters(adapters, parameter => WeightStart.Normal(parameter, random.Fork(stream++), 1));
            return;
        }

        foreach (var parameter in model.Parameters)
        {
            parameter.IsTrained = true;
        }
    }

    /// <summary>The choice in a word or four: a run goes on only under the one that it began with.</summary>
    public static string Identity(AdapterSettings? adapters) =>
        adapters is null ? "full" : $"lora {adapters.Rank} {adapters.Alpha} {string.Join(',', adapters.Targets)}";

    /// <summary>The type of a tuned checkpoint's weights: 16 bits where the trained one has them.</summary>
    public static StoredType TypeOf(Checkpoint checkpoint) =>
        checkpoint.TensorNames.Select(n => checkpoint.Find(n)!).Any(t => t.Type is GgmlType.BF16) ? StoredType.BF16 : StoredType.F32;
}
