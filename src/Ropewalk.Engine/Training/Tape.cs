namespace Ropewalk.Engine.Training;

/// <summary>What operations did, so that it can be walked back. Each operation computes its rows at once and leaves here how their gradient becomes
/// that of what it read. A node's buffers go back to the pool as soon as the walk has passed the operation that made it.</summary>
/// <param name="pool">Lends buffers.</param>
/// <param name="isRecording">Whether gradients will be asked for. A tape that does not record keeps nothing but the last rows.</param>
/// <param name="listener">Hears of each operation's end, or null.</param>
internal sealed unsafe class Tape(BufferPool pool, bool isRecording, ITapeListener? listener = null)
{
    private readonly List<(Node Made, Operation Operation, Action Back)> _steps = [];
    private readonly List<Node> _made = [];

    /// <summary>Lends buffers.</summary>
    public BufferPool Pool { get; } = pool;

    /// <summary>Whether gradients will be asked for.</summary>
    public bool IsRecording { get; } = isRecording;

    /// <summary>Rows for an operation to fill. They hold what their last use left.</summary>
    /// <param name="numRows">T.</param>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="needsGradient">Whether anything that is trained lies behind it.</param>
    public Node New(int numRows, int width, bool needsGradient)
    {
        var node = new Node(numRows, width, Pool.Rent((long)numRows * width), needsGradient && IsRecording);
        _made.Add(node);
        return node;
    }

    /// <summary>Ends an operation, and keeps how it is walked back.</summary>
    /// <param name="made">What it made.</param>
    /// <param name="operation">What it is called.</param>
    /// <param name="back">Called only where the gradient of what it made is known.</param>
    public void Record(Node made, Operation operation, Action back)
    {
        if (made.NeedsGradient)
        {
            _steps.Add((made, operation, back));
        }

        Ended(operation);
    }

    /// <summary>Ends an operation that leaves nothing to walk back.</summary>
    public void Ended(Operation operation) => listener?.Ended(operation, isBack: false);

    /// <summary>Where the gradient of a node is to be put.</summary>
    /// <param name="node">The node.</param>
    /// <param name="accumulate">Whether there is a gradient already, which is to be added to; if not, the rows hold noise.</param>
    public float* GradientOf(Node node, out bool accumulate)
    {
        accumulate = node.Gradient is not null;
        node.Gradient ??= Pool.Rent(node.Length);
        return node.Gradient.Pointer;
    }

    /// <summary>Walks back over everything, from a node whose gradient has been set.</summary>
    public void Backward()
    {
        for (var i = _steps.Count - 1; i >= 0; i--)
        {
            var (made, operation, back) = _steps[i];
            if (made.Gradient is not null)
            {
                back();
            }

            Free(made);
            listener?.Ended(operation, isBack: true);
        }

        Clear();
    }

    /// <summary>Gives back what a node holds before the walk would.</summary>
    public void Free(Node node)
    {
        if (node.Buffer is { } buffer)
        {
            Pool.Return(buffer);
            node.Buffer = null;
        }

        if (node.Gradient is { } gradient)
        {
            Pool.Return(gradient);
            node.Gradient = null;
        }
    }

    /// <summary>Forgets everything but a node that is kept; all other buffers go back.</summary>
    public void Clear(Node? kept = null)
    {
        foreach (var node in _made)
        {
            if (node != kept)
            {
                Free(node);
            }
        }

        _made.Clear();
        _steps.Clear();
        if (kept is not null)
        {
            _made.Add(kept);
        }
    }
}
