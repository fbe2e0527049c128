using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Training;

/// <summary>One weight in training: its float32 master, and a gradient where it is trained. A matrix is W[rows, columns], output by input
/// width; a vector is one row.</summary>
public sealed unsafe class Parameter : IDisposable
{
    private readonly NativeBuffer<float> _values;
    private NativeBuffer<float>? _gradient;
    private PackedMatrix? _packed;
    private PackedMatrix? _transposed;
    private bool _packedIsCurrent;
    private bool _transposedIsCurrent;

    /// <summary>Allocates zeros.</summary>
    /// <param name="name">Unique in its model.</param>
    /// <param name="rows">Output width; 1 for a vector.</param>
    /// <param name="columns">Input width, or the length of a vector.</param>
    /// <param name="kind">What it is.</param>
    public Parameter(string name, int rows, int columns, ParameterKind kind)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        Name = name;
        Kind = kind;
        Rows = rows;
        Columns = columns;
        _values = new NativeBuffer<float>((long)rows * columns);
    }

    /// <summary>Unique in its model: a tensor's name in Hugging Face's convention where one tensor holds it.</summary>
    public string Name { get; }

    /// <summary>What it is.</summary>
    public ParameterKind Kind { get; }

    /// <summary>Whether its product is added to the residual stream.</summary>
    public bool IsAdded { get; init; }

    /// <summary>Output width; 1 for a vector.</summary>
    public int Rows { get; }

    /// <summary>Input width.</summary>
    public int Columns { get; }

    /// <summary>Numbers.</summary>
    public long Length => _values.Length;

    /// <summary>Whether it has a gradient. A parameter without one stays as it is.</summary>
    public bool IsTrained
    {
        get => _gradient is not null;
        set
        {
            if (value && _gradient is null)
            {
                _gradient = new NativeBuffer<float>(Length);
            }
            else if (!value)
            {
                _gradient?.Dispose();
                _gradient = null;
            }
        }
    }

    /// <summary>Of a table that is looked up, the rows that get no gradient; null for none. Rows by position do not decay either, so that those stay as
    /// they are to the last bit.</summary>
    public IReadOnlyList<bool>? FrozenRows { get; set; }

    /// <summary>The numbers, row-major. Whoever changes them calls <see cref="Changed"/>.</summary>
    internal float* Values => _values.Pointer;

    /// <summary>The gradient, row-major; null where it is not trained.</summary>
    internal float* Gradient => _gradient is null ? null : _gradient.Pointer;

    /// <summary>W as products read it, of the numbers as they are now.</summary>
    internal PackedMatrix Packed
    {
        get
        {
            _packed ??= new PackedMatrix(Rows, Columns, GgmlType.F32);
            if (!_packedIsCurrent)
            {
                PackWeights.Pack(Values, _packed);
                _packedIsCurrent = true;
            }

            return _packed;
        }
    }

    /// <summary>W transposed, which gradients of a product's input read.</summary>
    internal PackedMatrix PackedTransposed
    {
        get
        {
            _transposed ??= new PackedMatrix(Columns, Rows, GgmlType.F32);
            if (!_transposedIsCurrent)
            {
                PackWeights.PackTransposed(Values, _transposed);
                _transposedIsCurrent = true;
            }

            return _transposed;
        }
    }

    /// <summary>A view of some rows.</summary>
    public Span<float> RowSpan(int firstRow, int numRows) => _values.Span((long)firstRow * Columns, checked(numRows * Columns));

    /// <summary>A view of some rows of the gradient.</summary>
    /// <exception cref="InvalidOperationException">The parameter is not trained.</exception>
    public ReadOnlySpan<float> GradientSpan(int firstRow, int numRows) =>
        (_gradient ?? throw new InvalidOperationException($"{Name} is not trained")).Span((long)firstRow * Columns, checked(numRows * Columns));

    /// <summary>Says that the numbers have changed.</summary>
    public void Changed()
    {
        _packedIsCurrent = false;
        _transposedIsCurrent = false;
    }

    /// <summary>Adds to the gradient: for a parameter that the network does not read as a weight.</summary>
    /// <param name="gradient">As many numbers as the parameter has.</param>
    /// <exception cref="InvalidOperationException">The parameter is not trained.</exception>
    public void AddGradient(ReadOnlySpan<double> gradient)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradient.Length, (int)Length, nameof(gradient));
        var target = (_gradient ?? throw new InvalidOperationException($"{Name} is not trained")).Span(0, gradient.Length);
        for (var i = 0; i < gradient.Length; i++)
        {
            target[i] = (float)(target[i] + gradient[i]);
        }
    }

    /// <summary>Sets the gradient to zero.</summary>
    public void ClearGradient()
    {
        if (_gradient is { } gradient)
        {
            WorkerPool.For((int)((Length + ChunkLength - 1) / ChunkLength), chunk =>
            {
                var first = (long)chunk * ChunkLength;
                new Span<float>(gradient.Pointer + first, (int)Math.Min(ChunkLength, gradient.Length - first)).Clear();
            });
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _values.Dispose();
        _gradient?.Dispose();
        _packed?.Dispose();
        _transposed?.Dispose();
    }

    /// <summary>Numbers that one task of a loop over all of a parameter's takes; sums over parameters are cut there, whatever the threads.</summary>
    internal const int ChunkLength = 1 << 16;
}
