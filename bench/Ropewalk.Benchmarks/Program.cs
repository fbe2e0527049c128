using Ropewalk.Benchmarks;
using Ropewalk.Benchmarks.Embedding;
using Ropewalk.Benchmarks.Kernels;
using Ropewalk.Benchmarks.Search;
using Ropewalk.Benchmarks.Training;

Command[] commands =
[
    new("kernels", "kernels [--filter *MatMul*]   (and BenchmarkDotNet's other options)", 0, KernelBenchmarks.Run),
    new("engine", "engine [--peer llama.cpp] [--threads N] [--rounds N] [--types F32,...] [--cases prompt,...]", 0, EngineBenchmark.Run),
    new("engine-run", null, 1, EngineRun.Run),
    new("embed", "embed [--peer llama.cpp] [--threads N] [--rounds N] [--types F32,...] [--lengths 512,32768] [--long-layers N]", 0, EmbedBenchmark.Run),
    new("embed-run", null, 1, EmbedRun.Run),
    new("roofline", "roofline [--threads N] [--type F32] [--cache-type F32] [--rounds N] [--prompts 512,4096,16384] [--depths 0,4096]", 0, RooflineBenchmark.Run),
    new("attention", "attention [--rounds N]", 0, AttentionBenchmark.Run),
    new("plans", "plans MODEL [TOKENS]", 1, rest => PlansBenchmark.Run(rest[0], rest.Length > 1 ? int.Parse(rest[1]) : 16384)),
    new("switch", "switch MODEL TEXT [FACTOR]", 2, rest => SwitchBenchmark.Run(rest[0], rest[1], rest.Length > 2 ? int.Parse(rest[2]) : 4)),
    new("train", "train [--operations] [--memory [--windows 2048,...] [--width D]] [--threads N] [--rounds N] [--cases 1,2,3] [--python FILE]", 0, TrainBenchmark.Run),
    new(MemoryTable.Child, null, 2, MemoryTable.RunChild),
    new("check", "check", 0, CheckBenchmark.Run),
    new("instructions", "instructions [--update]", 0, InstructionCheck.Run),
    new("instruction-run", null, 1, InstructionRun.Run),
    new("gemm", "gemm", 0, GemmBenchmark.Run),
    new("types", "types", 0, _ => TypesBenchmark.Run()),
    new("window", "window MODEL [TOKENS] [WINDOWS]", 1, rest => WindowBenchmark.Run(rest[0], rest.Length > 1 ? int.Parse(rest[1]) : 1024, rest.Length > 2 ? int.Parse(rest[2]) : 8)),
    new("generate", "generate 134m|7b|LAYERS,WIDTH,HEADS,FEEDFORWARD,VOCABULARY OUT.gguf [TYPE] [--filled]", 2,
        rest => ModelGenerator.Run(rest[0], rest[1], rest.Length > 2 ? rest[2] : "Q4_K", rest.Contains("--filled"))),
    new("load", "load MODEL [--mmap]", 1, rest => LoadBenchmark.Run(rest[0], rest.Contains("--mmap"))),
    new("model-types", "model-types [TOKENS]", 0, rest => ModelTypesBenchmark.Run(rest.Length > 0 ? int.Parse(rest[0]) : 512)),
    new("search", "search [--cases llama2xs-1024,...] [--algorithms evolution,...] [--seeds N] [--evaluations N] [--windows N] [--folder PATH] [--validation]", 0, SearchBenchmark.Run),
    new("races", "races [--folder PATH]   (of recorded searches)", 0, RaceBenchmark.Run),
    new("tokenize", "tokenize SHARED [TOKENIZERS-JS] [NAME]", 1,
        rest => TokenizeBenchmark.Run(rest[0], rest.Length > 1 ? rest[1] : "bench/Ropewalk.Benchmarks/tokenizers-js", rest.Length > 2 ? rest[2] : null)),
    new("hostile", "hostile SHARED", 1, rest => HostileTextBenchmark.Run(rest[0])),
];

var help = args.Any(a => a is "--help" or "-h" or "-?");
if (!help && args is [var name, .. var arguments] && commands.FirstOrDefault(c => c.Name == name) is { } command && arguments.Length >= command.LeastArguments)
{
    try
    {
        return command.Run(arguments);
    }
    catch (FormatException e)
    {
        Console.Error.WriteLine($"bench {name}: {e.Message}");
        return 2;
    }
}

// Asked for, it is an answer; otherwise it says what was wrong. Help on a command that exists names that one only.
var output = help ? Console.Out : Console.Error;
output.WriteLine("usage: ./ropewalk bench COMMAND");
foreach (var usage in commands.Where(c => !help || commands.All(o => o.Name != args[0]) || c.Name == args[0]).Select(c => c.Usage).OfType<string>())
{
    output.WriteLine($"  {usage}");
}

return help ? 0 : 2;
