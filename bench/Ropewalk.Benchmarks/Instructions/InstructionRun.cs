using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks;

/// <summary>What <see cref="InstructionCheck"/> counts, in the process that callgrind watches: a prompt and more tokens one by one, by a small model of each
/// type, on one thread, each once to compile and once between two marks.</summary>
internal static partial class InstructionRun
{
    /// <summary>Tokens of the prompt: more than one block of keys and several of queries.</summary>
    public const int PromptTokens = 160;

    // Something of the runtime's own takes some 9,000 instructions now and then: as many tokens as make that little.
    private const int MoreTokens = 16;

    /// <summary>What is counted of each model, in order.</summary>
    public static readonly string[] Counted = ["prompt", "tokens"];

    /// <summary>Runs it.</summary>
    /// <param name="args">Model files.</param>
    public static int Run(string[] args)
    {
        if (Vector512.IsHardwareAccelerated || !Vector256.IsHardwareAccelerated)
        {
            Console.Error.WriteLine($"vectors: found 512 bits {Vector512.IsHardwareAccelerated}, 256 bits {Vector256.IsHardwareAccelerated}; expected AVX2 alone (DOTNET_EnableAVX512=0), as callgrind knows it");
            return 3;
        }

        WorkerPool.NumThreads = 1;
        var tokens = Enumerable.Range(1, PromptTokens + (2 * MoreTokens)).ToArray();
        foreach (var path in args)
        {
            using var model = ModelLoader.Load(path);
            using var rotary = new RotaryTable(model.Rope.Scaling.At(tokens.Length), tokens.Length);
            Prompt(model, rotary, tokens);
            Mark(0);
            Prompt(model, rotary, tokens);
            Mark(0);
            using var cache = new KeyValueCache(model.Shape, tokens.Length, singlePass: false);
            model.Forward(tokens.AsSpan(0, PromptTokens), cache, rotary, PromptTokens, (_, _) => { });
            OneByOne(model, cache, rotary, tokens.AsSpan(PromptTokens, MoreTokens));
            Mark(0);
            OneByOne(model, cache, rotary, tokens.AsSpan(PromptTokens + MoreTokens, MoreTokens));
            Mark(0);
        }

        return 0;
    }

    private static void Prompt(LanguageModel model, RotaryTable rotary, int[] tokens)
    {
        using var cache = new KeyValueCache(model.Shape, PromptTokens, singlePass: true);
        model.Forward(tokens.AsSpan(0, PromptTokens), cache, rotary, PromptTokens - 1, (_, _) => { });
    }

    private static void OneByOne(LanguageModel model, KeyValueCache cache, RotaryTable rotary, ReadOnlySpan<int> tokens)
    {
        for (var i = 0; i < tokens.Length; i++)
        {
            model.Forward(tokens.Slice(i, 1), cache, rotary, 0, (_, _) => { });
        }
    }

    /// <summary>Any function of the C library that nobody else calls: callgrind writes its count down when it is entered, and begins anew.</summary>
    [LibraryImport("libc", EntryPoint = InstructionCheck.MarkFunction)]
    private static partial nint Mark(nint number);
}
