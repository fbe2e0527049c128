using Ropewalk.Positions;

namespace Ropewalk.Tests.Formats;

/// <summary>What every hostile input must end in.</summary>
internal static class Attack
{
    /// <summary>Fixed costs of an error: exception, messages, first use of the JSON reader.</summary>
    private const long AllowanceBytes = 1 << 20;

    /// <summary>Runs an action that must fail with a one-line error holding the fragments, and must not allocate beyond the input's size.</summary>
    public static RopewalkException MustFail(Action action, long inputBytes, params string[] fragments)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Record.Exception(action);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        var typed = Assert.IsAssignableFrom<RopewalkException>(error);
        Assert.DoesNotContain(typed.Message, c => char.IsControl(c) || c is '\u2028' or '\u202E');
        foreach (var fragment in fragments)
        {
            Assert.Contains(fragment, typed.Message, StringComparison.Ordinal);
        }

        Assert.True(allocated <= AllowanceBytes + (16 * inputBytes), $"{allocated} bytes allocated for an input of {inputBytes}");
        return typed;
    }
}
