using Ropewalk.Engine.Formats;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Export;

/// <summary>Names of the targets as the user writes them.</summary>
public static class PlanTargets
{
    private static readonly (string Name, PlanTarget Target)[] s_all =
    [
        ("huggingface-v4", PlanTarget.HuggingFaceV4),
        ("huggingface-v5", PlanTarget.HuggingFaceV5),
        ("vllm", PlanTarget.Vllm),
        ("llama.cpp", PlanTarget.LlamaCpp),
        ("gguf", PlanTarget.Gguf),
        ("ropewalk", PlanTarget.Ropewalk),
    ];

    /// <summary>All names.</summary>
    public static string Names => string.Join(", ", s_all.Select(t => t.Name));

    /// <summary>A target's name.</summary>
    public static string NameOf(PlanTarget target) => s_all.First(t => t.Target == target).Name;

    /// <summary>The target of a name.</summary>
    /// <exception cref="UserInputException">There is none.</exception>
    public static PlanTarget Parse(string name)
    {
        var found = Array.Find(s_all, t => t.Name == name);
        return found.Name is not null ? found.Target : throw new UserInputException($"--target: found \"{Printable.OneLine(name, 40)}\", expected one of {Names}");
    }
}
