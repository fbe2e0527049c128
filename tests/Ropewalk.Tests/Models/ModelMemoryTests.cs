using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Architectures;
using Ropewalk.Tests.Formats;
using Xunit.Abstractions;

namespace Ropewalk.Tests.Models;

/// <summary>Loading takes the file's size and no more, and a model that cannot fit is refused before memory is asked for. The files are made
/// by the benchmarks' generator and consist of holes.</summary>
public sealed partial class ModelMemoryTests(ITestOutputHelper output) : IDisposable
{
    // 1.5 TB in F32, 0.4 TB in Q8_0.
    private const string Huge = "100,16384,128,53248,128000";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Q8_0")]
    [InlineData("Q4_K")]
    [InlineData("BF16")]
    public void A_model_takes_its_files_size_in_memory(string type)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var file = _folder.PathOf("model.gguf");
        Benchmark("generate", "134m", file, type);
        var measured = Peak().Match(Benchmark("load", file));
        var peak = long.Parse(measured.Groups["peak"].Value, CultureInfo.InvariantCulture);
        var before = long.Parse(measured.Groups["before"].Value, CultureInfo.InvariantCulture);
        var size = new FileInfo(file).Length;
        output.WriteLine($"{type}: a file of {size} bytes, {peak - before} more in memory");

        // Beside the weights the runtime compiles code and keeps small objects: some 15 MB whatever the model.
        Assert.InRange(peak - before, size * 0.98, (size * 1.03) + (24 << 20));
    }

    [Theory]
    [InlineData("F32")]
    [InlineData("Q8_0")]
    public void A_model_larger_than_the_machine_is_refused(string type)
    {
        if (MakeHuge(type) is not { } file)
        {
            return;
        }

        ModelLoader.Load(SmallFile()).Dispose();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<UnsupportedCheckpointException>(() => ModelLoader.Load(file));
        Assert.Contains($"a model of {new FileInfo(file).Length / 1e9:F1} GB in memory", error.Message, StringComparison.Ordinal);

        // The orders of the rows of 200 permuted tensors are 26 MB of that.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    // Only the check: looking through all of its numbers would take an hour.
    [Theory]
    [InlineData("Q8_0", false)]
    [InlineData("F32", true)]
    public void A_mapped_model_needs_memory_for_floating_point_only(string type, bool isRefused)
    {
        if (MakeHuge(type) is not { } file)
        {
            return;
        }

        using var checkpoint = ModelLoader.Open(file, mapped: true);
        var architecture = new Llama();
        var spec = architecture.Read(checkpoint.Config, file);
        var error = Record.Exception(() => new TensorLoader(checkpoint, architecture, spec));
        Assert.Equal(isRefused, error is UnsupportedCheckpointException);
        Assert.True(isRefused || error is null, $"{error}");
    }

    [GeneratedRegex("peak (?<peak>[0-9]+) bytes, (?<before>[0-9]+) of them before", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Peak();

    private string SmallFile()
    {
        var file = _folder.PathOf("small.gguf");
        Benchmark("generate", "1,256,2,256,300", file, "Q8_0");
        return file;
    }

    /// <summary>A file that claims more than any machine's memory, or null where the file system has no files of that size.</summary>
    private string? MakeHuge(string type)
    {
        var file = _folder.PathOf("huge.gguf");
        var (code, text) = Run("generate", Huge, file, type);
        if (code != 0 || new FileInfo(file).Length <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
        {
            output.WriteLine($"not tested: no file of holes larger than the memory could be made: {text}");
            return null;
        }

        return file;
    }

    private static string Benchmark(params string[] args)
    {
        var (code, text) = Run(args);
        Assert.True(code == 0, text);
        return text;
    }

    private static (int Code, string Text) Run(params string[] args)
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(SharedData.Root, "bench", "Ropewalk.Benchmarks", "bin", framework.Parent!.Name, framework.Name, "Ropewalk.Benchmarks.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. args]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var child = Process.Start(start)!;
        var standard = child.StandardOutput.ReadToEndAsync();
        var error = child.StandardError.ReadToEndAsync();
        if (!child.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            child.Kill(entireProcessTree: true);
            Assert.Fail($"{string.Join(' ', args)}: did not end in two minutes");
        }

        return (child.ExitCode, standard.GetAwaiter().GetResult() + error.GetAwaiter().GetResult());
    }
}
