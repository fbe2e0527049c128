using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Tensors;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>Runs a command's body: errors of the input become one line, Ctrl-C stops between chunks of work.</summary>
internal static class CommandHost
{
    public static int Run(TextWriter error, int? threads, Func<CancellationToken, int> body)
    {
        using var stop = new CancellationTokenSource();
        void OnCancel(object? sender, ConsoleCancelEventArgs e)
        {
            // The first one asks; a second one ends the process.
            e.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }

        Console.CancelKeyPress += OnCancel;
        using var terminated = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, context =>
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        });
        var before = WorkerPool.NumThreads;
        try
        {
            if (threads is { } count)
            {
                WorkerPool.NumThreads = count is >= 1 and <= WorkerPool.MaxThreads ? count : throw new UserInputException($"--threads: found {count}, expected 1 to {WorkerPool.MaxThreads}");
            }

            return body(stop.Token);
        }
        catch (StorageException e)
        {
            error.WriteLine($"ropewalk: {e.Message}");
            return ExitCodes.Resources;
        }
        catch (RopewalkException e)
        {
            error.WriteLine($"ropewalk: {e.Message}");
            return ExitCodes.BadInput;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disk that fails under a file which was opened well.
            error.WriteLine($"ropewalk: {Printable.OneLine(e.Message)}");
            return ExitCodes.Resources;
        }
        catch (OutOfMemoryException)
        {
            error.WriteLine("ropewalk: the machine has not enough memory for this window; a smaller --to, --context or --max-tokens needs less");
            return ExitCodes.Resources;
        }
        catch (RunStoppedException e)
        {
            error.WriteLine($"ropewalk: {e.Message}");
            return ExitCodes.Stopped;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            error.WriteLine("ropewalk: stopped; what was recorded so far is kept");
            return ExitCodes.Stopped;
        }
        finally
        {
            Console.CancelKeyPress -= OnCancel;
            WorkerPool.NumThreads = before;
        }
    }
}
