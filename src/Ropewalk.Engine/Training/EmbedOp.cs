using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Training;

/// <summary>Rows of a table by token, times a factor.</summary>
internal static unsafe class EmbedOp
{
    private const int ColumnsOfTask = 64;

    /// <summary>Looks up; the walk back adds each row's gradient to its token's, frozen ones apart.</summary>
    /// <param name="tape">Records it.</param>
    /// <param name="table">[V, D].</param>
    /// <param name="tokens">T ids, 0 .. V-1.</param>
    /// <param name="scale">The factor.</param>
    public static Node Forward(Tape tape, Parameter table, int[] tokens, float scale)
    {
        var y = tape.New(tokens.Length, table.Columns, table.IsTrained);
        var (values, width) = ((nint)y.Values, table.Columns);
        Rows.ForChunks(tokens.Length, (first, count) =>
        {
            for (var row = first; row < first + count; row++)
            {
                var from = table.Values + ((long)tokens[row] * width);
                var to = (float*)values + ((long)row * width);
                for (var i = 0; i < width; i++)
                {
                    to[i] = from[i] * scale;
                }
            }
        });
        tape.Record(y, new Operation("embed"), () => Backward(table, tokens, scale, y));
        return y;
    }

    private static void Backward(Parameter table, int[] tokens, float scale, Node y)
    {
        // Tokens repeat: a task has some columns of all rows, so that each sum has one order.
        var (dy, width) = ((nint)y.Gradient!.Pointer, table.Columns);
        WorkerPool.For((width + ColumnsOfTask - 1) / ColumnsOfTask, task =>
        {
            var first = task * ColumnsOfTask;
            var end = Math.Min(width, first + ColumnsOfTask);
            for (var row = 0; row < tokens.Length; row++)
            {
                if (table.FrozenRows is { } frozen && frozen[tokens[row]])
                {
                    continue;
                }

                var from = (float*)dy + ((long)row * width);
                var to = table.Gradient + ((long)tokens[row] * width);
                for (var i = first; i < end; i++)
                {
                    to[i] += from[i] * scale;
                }
            }
        });
    }
}
