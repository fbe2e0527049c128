using Ropewalk.Engine.Models.Encoders;

namespace Ropewalk.Engine.Embedding;

/// <summary>Pooling and normalising. Sums are in float64 and in the rows' order, so a text's vector depends on nothing else.</summary>
public static class Pool
{
    /// <summary>The rows that a kind of pooling reads.</summary>
    public static RowChoice RowsOf(Pooling pooling) => pooling switch
    {
        Pooling.Cls => RowChoice.First,
        Pooling.Last => RowChoice.Last,
        _ => RowChoice.All,
    };

    /// <summary>One vector from rows.</summary>
    /// <param name="pooling">How.</param>
    /// <param name="rowsTD">At least one row: what <see cref="RowsOf"/> asks for, or all.</param>
    /// <param name="width">D.</param>
    /// <param name="firstRow">Rows before it are left out of means and maxima: those of a prompt that the folder says not to count.</param>
    /// <exception cref="ArgumentException">There are no rows.</exception>
    public static float[] Forward(Pooling pooling, ReadOnlySpan<float> rowsTD, int width, int firstRow = 0)
    {
        var rows = rowsTD.Length / width;
        if (rows == 0 || rows * width != rowsTD.Length || firstRow < 0 || firstRow >= rows)
        {
            throw new ArgumentException($"{rowsTD.Length} numbers from row {firstRow} on, expected at least one row of {width}", nameof(rowsTD));
        }

        return pooling switch
        {
            Pooling.Cls => rowsTD[..width].ToArray(),
            Pooling.Last => rowsTD[^width..].ToArray(),
            Pooling.Max => Max(rowsTD[(firstRow * width)..], width),
            _ => Mean(rowsTD[(firstRow * width)..], width, pooling == Pooling.WeightedMean),
        };
    }

    /// <summary>Divides a vector by its length; one of zeros stays.</summary>
    public static void Normalize(Span<float> vector)
    {
        var sum = 0d;
        foreach (var x in vector)
        {
            sum += (double)x * x;
        }

        var length = Math.Sqrt(sum);
        for (var i = 0; length > 0 && i < vector.Length; i++)
        {
            vector[i] = (float)(vector[i] / length);
        }
    }

    private static float[] Mean(ReadOnlySpan<float> rowsTD, int width, bool isWeighted)
    {
        var sums = new double[width];
        var total = 0d;
        for (var row = 0; row * width < rowsTD.Length; row++)
        {
            double weight = isWeighted ? row + 1 : 1;
            total += weight;
            var x = rowsTD.Slice(row * width, width);
            for (var i = 0; i < width; i++)
            {
                sums[i] += weight * x[i];
            }
        }

        return [.. sums.Select(s => (float)(s / total))];
    }

    private static float[] Max(ReadOnlySpan<float> rowsTD, int width)
    {
        var most = rowsTD[..width].ToArray();
        for (var at = width; at < rowsTD.Length; at += width)
        {
            for (var i = 0; i < width; i++)
            {
                most[i] = Math.Max(most[i], rowsTD[at + i]);
            }
        }

        return most;
    }
}
