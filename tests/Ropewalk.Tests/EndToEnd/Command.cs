using System.Diagnostics;
using System.Text.Json;
using Ropewalk.Cli;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>One run of the command line: in this process, or as a child where signals, limits or the working folder matter.</summary>
/// <param name="Code">Exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record Command(int Code, string Output, string Error)
{
    public static string Model => SharedData.Path("data", "models", "llama2xs");

    public static string Stories => SharedData.Path("data", "text", "tinystories", "sample.txt");

    /// <summary>The default model beside the test binaries, as it lies beside the program.</summary>
    public static string Embedded => Path.Combine(AppContext.BaseDirectory, "models", "bytes2m");

    /// <summary>The embedder that lies there too.</summary>
    public static string Embedder => Path.Combine(AppContext.BaseDirectory, "models", "prose-embed");

    /// <summary>The result as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Output);

    public static Command Run(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = Application.Run(args, output, error);
        return new Command(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs and expects exit code 0; gives the result.</summary>
    public static JsonElement Result(params string[] args)
    {
        var run = Run([.. args, "--json"]);
        Assert.True(run.Code == 0, $"exit code {run.Code}: {run.Error}");
        return run.Json;
    }

    /// <summary>Starts the built program through a shell line in which "$@" stands for it and its arguments.</summary>
    public static Process Start(string shell, string folder, params string[] args)
    {
        var start = new ProcessStartInfo("bash") { UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] all = ["-c", shell, "bash", "dotnet", Path.Combine(AppContext.BaseDirectory, "ropewalk.dll"), .. args];
        foreach (var argument in all)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>Waits for a child.</summary>
    public static Command Finish(Process child)
    {
        var output = child.StandardOutput.ReadToEndAsync();
        var error = child.StandardError.ReadToEndAsync();
        if (!child.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            child.Kill(entireProcessTree: true);
            Assert.Fail("the program did not end in two minutes");
        }

        return new Command(child.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <summary>The lines of the error that the program speaks itself, without its progress.</summary>
    public string[] Complaints => [.. Error.Split('\n').Where(l => l.StartsWith("ropewalk: ", StringComparison.Ordinal))];
}
