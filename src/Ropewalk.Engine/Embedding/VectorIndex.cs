using System.Numerics.Tensors;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Embedding;

/// <summary>Vectors that are searched one by one: exact, and fast enough for as many as fit into memory.</summary>
public sealed class VectorIndex
{
    private readonly IReadOnlyList<string> _ids;
    private readonly float[] _numbers;

    /// <summary>Takes vectors and divides each by its length.</summary>
    /// <param name="name">For errors.</param>
    /// <param name="ids">One for each.</param>
    /// <param name="numbers">[N, D]; kept.</param>
    /// <param name="width">D.</param>
    /// <exception cref="CheckpointFormatException">A number is not finite.</exception>
    public VectorIndex(string name, IReadOnlyList<string> ids, float[] numbers, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(numbers.Length, ids.Count * (long)width);
        (Name, _ids, _numbers, Width) = (name, ids, numbers, width);
        if (Array.FindIndex(numbers, n => !float.IsFinite(n)) is >= 0 and var at)
        {
            throw new CheckpointFormatException(name, $"vector {at / width}", $"{numbers[at]}", "finite numbers");
        }

        for (var i = 0; i < ids.Count; i++)
        {
            Pool.Normalize(numbers.AsSpan(i * width, width));
        }
    }

    /// <summary>Where they come from.</summary>
    public string Name { get; }

    /// <summary>D.</summary>
    public int Width { get; }

    /// <summary>N.</summary>
    public int Count => _ids.Count;

    /// <summary>The vectors nearest in direction, best first; of equal ones the one with the smaller index first.</summary>
    /// <param name="query">D numbers.</param>
    /// <param name="count">How many at most.</param>
    /// <returns>Id and cosine.</returns>
    public IReadOnlyList<(string Id, float Cosine)> Nearest(ReadOnlySpan<float> query, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(query.Length, Width);
        var direction = query.ToArray();
        Pool.Normalize(direction);
        var scores = new float[Count];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = TensorPrimitives.Dot(direction, _numbers.AsSpan(i * Width, Width));
        }

        return [.. Enumerable.Range(0, Count).OrderByDescending(i => scores[i]).ThenBy(i => i).Take(count).Select(i => (_ids[i], scores[i]))];
    }
}
