using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.RegularExpressions;

namespace Ropewalk.Tests.Kernels;

/// <summary>The kernels' tests once more in child processes whose vectors are narrower than this machine's.</summary>
public sealed partial class ReducedSimdTests
{
    private const int LeastTests = 200;

    // The older switch DOTNET_EnableAVX512F is ignored by .NET 10: the child itself checks that its switch took effect.
    [Theory]
    [InlineData("DOTNET_EnableAVX512", "256")]
    [InlineData("DOTNET_EnableAVX2", "128")]
    [InlineData("DOTNET_EnableHWIntrinsic", "0")]
    public async Task Kernels_pass_with_narrower_vectors(string variable, string widest)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 && widest != "0")
        {
            return;
        }

        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (var argument in (string[])["vstest", typeof(ReducedSimdTests).Assembly.Location, "--TestCaseFilter:Category=Kernels"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[variable] = "0";
        start.Environment[Simd.Variable] = widest;
        using var child = Process.Start(start)!;

        // Alone it takes less than one minute; beside other work on two cores it took three and a half.
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(6));
        var output = child.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = child.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await child.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            child.Kill(entireProcessTree: true);
            throw;
        }

        var text = await output + await errors;
        Assert.True(child.ExitCode == 0, $"{variable}=0: exit code {child.ExitCode}\n{text}");
        var passed = Passed().Match(text);
        Assert.True(passed.Success && int.Parse(passed.Groups["count"].Value, CultureInfo.InvariantCulture) >= LeastTests, $"{variable}=0: expected at least {LeastTests} tests to pass\n{text}");
    }

    [GeneratedRegex(@"Passed: +(?<count>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Passed();
}

/// <summary>What a child checks first. In an ordinary run there is no expectation and the widths only have to nest.</summary>
[Trait("Category", "Kernels")]
public sealed class SimdWidthTests
{
    [Fact]
    public void Vectors_are_as_wide_as_the_parent_asked_for()
    {
        var widest = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;
        var most = Simd.Widest is { } expected ? int.Parse(expected, CultureInfo.InvariantCulture) : 512;
        Assert.True(widest <= most, $"the widest accelerated vector: expected at most {most} bits, found {widest}; is the switch spelt right?");
        Assert.True(!Vector256.IsHardwareAccelerated || Vector128.IsHardwareAccelerated, "256 bits without 128");
    }
}
