using System.Runtime.InteropServices;

namespace Ropewalk.Peer.Native;

/// <summary>Silences llama.cpp and keeps its last errors, which say why a call gave nothing.</summary>
internal static unsafe class LlamaLog
{
    private const int MostLines = 4;
    private static readonly Lock s_lock = new();
    private static readonly Queue<string> s_lines = [];
    private static int s_level;

    /// <summary>Takes over the log and the last words before an abort.</summary>
    public static void TakeOver()
    {
        LlamaNative.llama_log_set(&Log, null);
        _ = LlamaNative.ggml_set_abort_callback(&Abort);
    }

    /// <summary>The last errors in one line.</summary>
    public static string LastErrors
    {
        get
        {
            lock (s_lock)
            {
                return s_lines.Count == 0 ? "no reason given" : string.Join("; ", s_lines);
            }
        }
    }

    [UnmanagedCallersOnly]
    private static void Log(int level, byte* text, void* data)
    {
        lock (s_lock)
        {
            s_level = level == LlamaNative.LogContinued ? s_level : level;
            var line = Marshal.PtrToStringUTF8((nint)text)?.ReplaceLineEndings(" ").Trim();
            if (s_level != LlamaNative.LogError || string.IsNullOrEmpty(line))
            {
                return;
            }

            s_lines.Enqueue(line);
            if (s_lines.Count > MostLines)
            {
                _ = s_lines.Dequeue();
            }
        }
    }

    // An assertion inside llama.cpp ends the process in any case; this way it ends with one line and a code instead of a core dump.
    [UnmanagedCallersOnly]
    private static void Abort(byte* message)
    {
        Console.Error.WriteLine($"ropewalk-peer: llama.cpp aborted: {Marshal.PtrToStringUTF8((nint)message)?.ReplaceLineEndings(" ")}");
        LlamaNative.ExitAtOnce(3);
    }
}
