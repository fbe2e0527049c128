using Ropewalk.Engine.Kernels;

namespace Ropewalk.Engine.Training;

/// <summary>y = a + b.</summary>
internal static unsafe class AddOp
{
    /// <summary>Adds; the walk back gives both what comes to y.</summary>
    public static Node Forward(Tape tape, Node a, Node b)
    {
        var y = tape.New(a.NumRows, a.Width, a.NeedsGradient || b.NeedsGradient);
        Elements.Copy(a.Values, y.Values, y.Length);
        Elements.Add(b.Values, y.Values, y.Length);
        tape.Record(y, new Operation("add"), () =>
        {
            foreach (var input in (Node[])[a, b])
            {
                if (input.NeedsGradient)
                {
                    var gradient = tape.GradientOf(input, out var accumulate);
                    if (accumulate)
                    {
                        Elements.Add(y.Gradient!.Pointer, gradient, y.Length);
                    }
                    else
                    {
                        Elements.Copy(y.Gradient!.Pointer, gradient, y.Length);
                    }
                }
            }
        });
        return y;
    }
}
