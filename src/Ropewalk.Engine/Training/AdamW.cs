using System.Numerics;
using System.Runtime.CompilerServices;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Training;

/// <summary>Adam with decoupled weight decay (1711.05101): m and v follow the gradient and its square,
/// w -= rate (m' / (sqrt(v') + epsilon) + decay w) with m' = m / (1 - beta1^t) and v' = v / (1 - beta2^t).</summary>
public sealed unsafe class AdamW : IDisposable
{
    private readonly Parameter[] _parameters;
    private readonly AdamWSettings _settings;
    private readonly Moments[] _first;
    private readonly Moments[] _second;

    /// <summary>Starts with moments of zero.</summary>
    /// <param name="parameters">Those that are trained, in an order that is kept.</param>
    /// <param name="settings">Constants.</param>
    public AdamW(IEnumerable<Parameter> parameters, AdamWSettings settings)
    {
        _parameters = [.. parameters];
        _settings = settings;
        _first = [.. _parameters.Select(p => new Moments(p.Length, settings.ShortMoments))];
        _second = [.. _parameters.Select(p => new Moments(p.Length, settings.ShortMoments))];
    }

    /// <summary>Steps done.</summary>
    public long Steps { get; private set; }

    /// <summary>Moments for a training checkpoint.</summary>
    public IEnumerable<TensorSource> Tensors() => _parameters.SelectMany((p, i) =>
        (TensorSource[])[_first[i].Source($"first moment of {p.Name}", [p.Rows, p.Columns]), _second[i].Source($"second moment of {p.Name}", [p.Rows, p.Columns])]);

    /// <summary>Takes moments from a training checkpoint.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <param name="steps">Steps that they are of.</param>
    /// <exception cref="CheckpointFormatException">One is missing, or of another shape.</exception>
    public void Load(SafetensorsFile file, long steps)
    {
        for (var i = 0; i < _parameters.Length; i++)
        {
            _first[i].Load(file, $"first moment of {_parameters[i].Name}", [_parameters[i].Rows, _parameters[i].Columns]);
            _second[i].Load(file, $"second moment of {_parameters[i].Name}", [_parameters[i].Rows, _parameters[i].Columns]);
        }

        Steps = steps;
    }

    /// <summary>Length of the gradient over all parameters. Squares are summed in float64, chunk by chunk and in order.</summary>
    public double GradientNorm()
    {
        var sum = 0d;
        foreach (var parameter in _parameters)
        {
            var gradient = parameter.Gradient;
            var sums = new double[NumChunks(parameter)];
            WorkerPool.For(sums.Length, chunk => sums[chunk] = SumOfSquares(gradient + ((long)chunk * Parameter.ChunkLength), CountOf(parameter, chunk)));
            sum += sums.Sum();
        }

        return Math.Sqrt(sum);
    }

    /// <summary>Moves every parameter, and clears its gradient.</summary>
    /// <param name="learningRate">The rate.</param>
    /// <param name="gradientScale">What the gradients are multiplied by first: below 1 where they are clipped.</param>
    public void Step(double learningRate, double gradientScale = 1)
    {
        Steps++;
        for (var i = 0; i < _parameters.Length; i++)
        {
            var (parameter, index) = (_parameters[i], i);
            WorkerPool.For(NumChunks(parameter), chunk => Update(index, chunk, learningRate, (float)gradientScale));
            parameter.Changed();
            parameter.ClearGradient();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var moments in _first.Concat(_second))
        {
            moments.Dispose();
        }
    }

    private static int NumChunks(Parameter parameter) => (int)((parameter.Length + Parameter.ChunkLength - 1) / Parameter.ChunkLength);

    private static int CountOf(Parameter parameter, int chunk) => (int)Math.Min(Parameter.ChunkLength, parameter.Length - ((long)chunk * Parameter.ChunkLength));

    private static double SumOfSquares(float* values, int count)
    {
        var sums = Vector<double>.Zero;
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(Vector.Load(values + i), out var low, out var high);
            sums += (low * low) + (high * high);
        }

        var sum = Vector.Sum(sums);
        for (; i < count; i++)
        {
            sum += (double)values[i] * values[i];
        }

        return sum;
    }

    private void Update(int index, int chunk, double learningRate, float gradientScale)
    {
        var parameter = _parameters[index];
        var first = (long)chunk * Parameter.ChunkLength;
        var count = CountOf(parameter, chunk);
        var scratch = Scratch.Current.Get(Scratch.Slot.PartialSums, 2L * Parameter.ChunkLength);
        var m = _first[index].Read(first, new Span<float>(scratch, count));
        var v = _second[index].Read(first, new Span<float>(scratch + Parameter.ChunkLength, count));
        var rate = learningRate / (1 - Math.Pow(_settings.Beta1, Steps));
        var decay = parameter.Kind is ParameterKind.Matrix or ParameterKind.Embedding ? learningRate * _settings.WeightDecay : 0;
        fixed (float* pm = m, pv = v)
        {
            Update(
                parameter.Values + first, parameter.Gradient + first, pm, pv, count, gradientScale, (float)_settings.Beta1, (float)_settings.Beta2, (float)rate, (float)(1 / (1 - Math.Pow(_settings.Beta2, Steps))), (float)_settings.Epsilon, (float)(1 - decay));
        }

        var seed = ((ulong)Steps * 0xD1B54A32D192ED03) + ((ulong)index * 2);
        _first[index].Write(first, m, seed * 0x2545F4914F6CDD1D);
        _second[index].Write(first, v, (seed + 1) * 0x2545F4914F6CDD1D);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Update(
        float* w, float* g, float* m, float* v, int count, float scale, float beta1, float beta2, float rate, float correction2, float epsilon, float keep)
    {
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            var gradient = Vector.Load(g + i) * scale;
            var first = (Vector.Load(m + i) * beta1) + (gradient * (1 - beta1));
            var second = (Vector.Load(v + i) * beta2) + (gradient * gradient * (1 - beta2));
            first.Store(m + i);
            second.Store(v + i);
            var step = first * rate / (Vector.SquareRoot(second * correction2) + new Vector<float>(epsilon));
            ((Vector.Load(w + i) * keep) - step).Store(w + i);
        }

        for (; i < count; i++)
        {
            var gradient = g[i] * scale;
            m[i] = (m[i] * beta1) + (gradient * (1 - beta1));
            v[i] = (v[i] * beta2) + (gradient * gradient * (1 - beta2));
            w[i] = (w[i] * keep) - (m[i] * rate / (MathF.Sqrt(v[i] * correction2) + epsilon));
        }
    }
}
