using System.Runtime.ExceptionServices;

namespace Ropewalk.Engine.Tensors;

/// <summary>Runs the iterations of a loop on all processors. Each iteration must be independent of the others and of
/// their order, so results never depend on the number of threads. A loop inside a loop runs on its own thread.</summary>
public static class WorkerPool
{
    // Some 100 microseconds, longer than waking a thread takes.
    private const int SpinsBeforeSleep = 300;
    private const int SpinLength = 10;

    private static readonly Lock s_gate = new();
    private static readonly List<Thread> s_threads = [];
    private static readonly SemaphoreSlim s_wake = new(0);
    private static volatile Job? s_job;
    private static int s_numThreads = Environment.ProcessorCount;

    [ThreadStatic]
    private static bool s_inside;

    /// <summary>Threads that work at a loop, the caller included; at least 1. The default is every processor.</summary>
    public static int NumThreads
    {
        get => Volatile.Read(ref s_numThreads);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Volatile.Write(ref s_numThreads, value);
        }
    }

    /// <summary>Whether a loop would run on the calling thread alone: inside another loop, or with one thread. Then cutting work up gains nothing.</summary>
    public static bool IsSerial => s_inside || NumThreads == 1;

    /// <summary>Calls <paramref name="body"/> with 0 .. count-1, each once; returns when all are done.
    /// The first exception of a body ends the loop early and is thrown here.</summary>
    public static void For(int count, Action<int> body)
    {
        if (count <= 1 || IsSerial)
        {
            for (var i = 0; i < count; i++)
            {
                body(i);
            }

            return;
        }

        lock (s_gate)
        {
            var helpers = Math.Min(NumThreads, count) - 1;
            EnsureThreads(helpers);
            var job = new Job(count, body, helpers);
            s_job = job;
            s_wake.Release(helpers);
            s_inside = true;
            try
            {
                job.Work();
            }
            finally
            {
                s_inside = false;
            }

            job.WaitForHelpers();
            s_job = null;
            job.Error?.Throw();
        }
    }

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
            var job = s_job!;
            job.Work();
            job.Leave();
        }
    }

    private sealed class Job(int count, Action<int> body, int helpers)
    {
        private readonly ManualResetEventSlim _done = new(helpers == 0);
        private int _next = -1;
        private int _helpers = helpers;
        private ExceptionDispatchInfo? _error;

        public ExceptionDispatchInfo? Error => _error;

        public void Work()
        {
            while (_error is null)
            {
                var i = Interlocked.Increment(ref _next);
                if (i >= count)
                {
                    return;
                }

                try
                {
                    body(i);
                }
#pragma warning disable CA1031 // Whatever the body throws belongs to the caller's thread.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(e), null);
                }
            }
        }

        public void Leave()
        {
            if (Interlocked.Decrement(ref _helpers) == 0)
            {
                _done.Set();
            }
        }

        public void WaitForHelpers()
        {
            for (var i = 0; i < SpinsBeforeSleep && !_done.IsSet; i++)
            {
                Thread.SpinWait(SpinLength);
            }

            _done.Wait();
        }
    }
}
