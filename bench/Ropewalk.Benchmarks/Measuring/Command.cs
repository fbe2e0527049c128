namespace Ropewalk.Benchmarks;

/// <summary>A command of the benchmarks' program.</summary>
/// <param name="Usage">Its name, then its arguments as the usage text shows them; null hides a command that another one starts.</param>
/// <param name="Name">The first argument.</param>
/// <param name="LeastArguments">Arguments after the name, at least.</param>
/// <param name="Run">Takes those arguments, returns the exit code.</param>
internal sealed record Command(string Name, string? Usage, int LeastArguments, Func<string[], int> Run);
