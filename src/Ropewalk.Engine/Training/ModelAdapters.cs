using System.Runtime.InteropServices;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Models;
using Ropewalk.Positions;

namespace Ropewalk.Engine.Training;

/// <summary>The adapters of a model, one for each chosen tensor. Products that share a tensor share A, and B's rows are theirs as the tensor's are; so what
/// is written is one pair for the tensor, as PEFT has it.</summary>
/// <param name="weights">Says which products share a tensor.</param>
/// <param name="layers">The layers, whose products get the adapters.</param>
internal sealed class ModelAdapters(TrainedWeights weights, TrainedLayer[] layers) : IDisposable
{
    private const string All = "all";
    private const string Attention = "attention";

    private readonly List<(StoredProduct Product, Parameter A, Dictionary<TensorRole, Parameter> B)> _adapters = [];

    /// <summary>A and then B of each.</summary>
    public IEnumerable<Parameter> Parameters => _adapters.SelectMany(adapter => adapter.B.Values.Prepend(adapter.A));

    /// <summary>Adds adapters that change nothing yet.</summary>
    /// <param name="settings">Which, and how wide.</param>
    /// <param name="fill">Fills A's numbers, standard deviation 1.</param>
    /// <exception cref="UserInputException">A target is no product of this model.</exception>
    public void Add(AdapterSettings settings, Action<Parameter> fill)
    {
        var products = weights.Products().OrderBy(p => p.Layer).ToList();
        var known = products.Select(p => p.ShortName).Distinct().ToList();
        var unknown = settings.Targets.FirstOrDefault(t => t is not (All or Attention) && !known.Contains(t));
        if (settings.Targets.Count == 0 || unknown is not null)
        {
            throw new UserInputException($"--lora-targets: found {(unknown is null ? "nothing" : $"\"{unknown}\"")}, expected {All}, {Attention} or some of {string.Join(", ", known)}");
        }

        foreach (var product in products.Where(p => settings.Targets.Contains(All) || (settings.Targets.Contains(Attention) && p.IsOfAttention) || settings.Targets.Contains(p.ShortName)))
        {
            var linears = product.Parts.ToDictionary(part => part, part => layers[product.Layer].Linears[part]);
            var a = new Parameter($"{product.Module}.lora_A.weight", settings.Rank, linears.Values.First().Weight.Columns, ParameterKind.Matrix) { IsTrained = true };
            string NameOf(TensorRole part) => $"{product.Module}.lora_B.weight{(linears.Count > 1 ? $"#{part}" : string.Empty)}";
            var b = linears.ToDictionary(l => l.Key, l => new Parameter(NameOf(l.Key), l.Value.Weight.Rows, settings.Rank, ParameterKind.Matrix) { IsTrained = true });
            _adapters.Add((product, a, b));
            Start(a, fill);
            foreach (var (part, linear) in linears)
            {
                linear.Adapter = new LowRankAdapter(a, b[part], (float)(settings.Alpha / settings.Rank));
            }
        }
    }

    /// <summary>Tensors in PEFT's names: base_model.model.MODULE.lora_A.weight and lora_B.weight.</summary>
    public IEnumerable<TensorSource> Tensors() => _adapters.SelectMany(adapter =>
    {
        var (product, a, b) = adapter;
        var name = $"base_model.model.{product.Module}";
        return (TensorSource[])
        [
            TrainingTensors.Source(a, $"{name}.lora_A.weight"),
            new($"{name}.lora_B.weight", StoredType.F32, [product.Rows.Count, a.Rows], stream =>
            {
                foreach (var (part, row) in product.Rows)
                {
                    stream.Write(MemoryMarshal.AsBytes(b[part].RowSpan(row, 1)));
                }
            }),
        ];
    });

    /// <summary>W + scale B A of one row of a product, in float64.</summary>
    public void Merge(TensorRole role, int layer, int row, Span<float> values)
    {
        if (!RequiredTensors.IsOfLayer(role) || layers[layer].Linears.GetValueOrDefault(role)?.Adapter is not { } adapter)
        {
            return;
        }

        var sums = new double[values.Length];
        var b = adapter.B.RowSpan(row, 1);
        for (var r = 0; r < b.Length; r++)
        {
            var a = adapter.A.RowSpan(r, 1);
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += (double)b[r] * a[i];
            }
        }

        for (var i = 0; i < sums.Length; i++)
        {
            values[i] = (float)(values[i] + (adapter.Scale * sums[i]));
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var parameter in Parameters)
        {
            parameter.Dispose();
        }
    }

    private static void Start(Parameter a, Action<Parameter> fill)
    {
        fill(a);
        for (var row = 0; row < a.Rows; row++)
        {
            foreach (ref var value in a.RowSpan(row, 1))
            {
                value /= MathF.Sqrt(a.Columns);
            }
        }

        a.Changed();
    }
}
