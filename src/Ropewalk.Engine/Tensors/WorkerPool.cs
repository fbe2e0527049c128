using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Ropewalk.Engine.Tensors;

/// <summary>Runs the iterations of a loop on all processors. Each iteration must be independent of the others and of
/// their order, so results never depend on the number of threads. A loop inside a loop runs on its own thread.</summary>
public static unsafe class WorkerPool
{
    /// <summary>More threads than that are refused: a slip of the hand should not start ten thousand.</summary>
    public const int MaxThreads = 1024;

    // Some 100 microseconds, longer than waking a thread takes.
    private const int SpinsBeforeSleep = 300;
    private const int SpinLength = 10;

    private static readonly Lock s_gate = new();
    private static readonly List<Thread> s_threads = [];
    private static readonly SemaphoreSlim s_wake = new(0);
    private static readonly ManualResetEventSlim s_done = new();
    private static int s_numThreads = Math.Min(Environment.ProcessorCount, MaxThreads);

    // The one loop that runs at a time. Its body lies on the caller's stack, so that a loop allocates nothing.
    private static void* s_body;
    private static delegate*<void*, int, void> s_run;
    private static int s_count;
    private static int s_next;
    private static int s_helpers;
    private static ExceptionDispatchInfo? s_error;

    [ThreadStatic]
    private static bool s_inside;

    /// <summary>Threads that work at a loop, the caller included, 1 to <see cref="MaxThreads"/>. The default is every processor.</summary>
    public static int NumThreads
    {
        get => Volatile.Read(ref s_numThreads);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxThreads);
            Volatile.Write(ref s_numThreads, value);
        }
    }

    /// <summary>Whether a loop would run on the calling thread alone: inside another loop, or with one thread. Then cutting work up gains nothing.</summary>
    public static bool IsSerial => s_inside || NumThreads == 1;

    /// <summary>Calls <paramref name="body"/> with 0 .. count-1, each once; returns when all are done.
    /// The first exception of a body ends the loop early and is thrown here.</summary>
    public static void For(int count, Action<int> body) => For(count, new DelegateLoop(body));

    /// <summary>The same for a body that is no object: for loops that run for each token.</summary>
    internal static void For<TLoop>(int count, TLoop body)
        where TLoop : struct, ILoop
    {
        // Read once: another thread may set it meanwhile.
        var helpers = Math.Min(NumThreads, count) - 1;
        if (helpers < 1 || s_inside)
        {
            for (var i = 0; i < count; i++)
            {
                body.Run(i);
            }

            return;
        }

        lock (s_gate)
        {
            s_helpers = helpers;
            EnsureThreads(helpers);
            s_body = Unsafe.AsPointer(ref body);
            s_run = &Run<TLoop>;
            s_count = count;
            s_next = -1;
            s_error = null;
            s_done.Reset();
            s_wake.Release(helpers);
            s_inside = true;
            try
            {
                Work();
            }
            finally
            {
                s_inside = false;
            }

            WaitForHelpers();
            s_error?.Throw();
        }
    }

    private static void Run<TLoop>(void* body, int index)
        where TLoop : struct, ILoop => Unsafe.AsRef<TLoop>(body).Run(index);

    private static void EnsureThreads(int helpers)
    {
        while (s_threads.Count < helpers)
        {
            var thread = new Thread(Loop) { IsBackground = true, Name = $"ropewalk-{s_threads.Count + 1}" };
            s_threads.Add(thread);
            thread.Start();
        }
    }

    private static void Loop()
    {
        s_inside = true;
        while (true)
        {
            // Loops follow each other closely while a model runs: for a moment the next one is looked out for, then the thread sleeps.
            for (var i = 0; i < SpinsBeforeSleep && s_wake.CurrentCount == 0; i++)
            {
                Thread.SpinWait(SpinLength);
            }

            s_wake.Wait();
            Work();
            if (Interlocked.Decrement(ref s_helpers) == 0)
            {
                s_done.Set();
            }
        }
    }

    private static void Work()
    {
        while (Volatile.Read(ref s_error) is null)
        {
            var i = Interlocked.Increment(ref s_next);
            if (i >= s_count)
            {
                return;
            }

            try
            {
                s_run(s_body, i);
            }
#pragma warning disable CA1031 // Whatever the body throws belongs to the caller's thread.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref s_error, ExceptionDispatchInfo.Capture(e), null);
            }
        }
    }

    private static void WaitForHelpers()
    {
        for (var i = 0; i < SpinsBeforeSleep && !s_done.IsSet; i++)
        {
            Thread.SpinWait(SpinLength);
        }

        s_done.Wait();
    }

    private readonly struct DelegateLoop(Action<int> body) : ILoop
    {
        public void Run(int index) => body(index);
    }
}
