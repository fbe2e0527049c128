using Ropewalk.Benchmarks;

if (args is ["gemm", .. var rest])
{
    return GemmBenchmark.Run(rest);
}

if (args is ["types"])
{
    return TypesBenchmark.Run();
}

if (args is ["engine", ..])
{
    return EngineBenchmark.Run(args[1..]);
}

if (args is ["engine-run", _, ..])
{
    return EngineRun.Run(args[1..]);
}

if (args is ["window", _, ..])
{
    return WindowBenchmark.Run(args[1], args.Length > 2 ? int.Parse(args[2]) : 1024, args.Length > 3 ? int.Parse(args[3]) : 8);
}

if (args is ["generate", _, _, ..])
{
    return ModelGenerator.Run(args[1], args[2], args.Length > 3 ? args[3] : "Q4_K", args.Contains("--filled"));
}

if (args is ["load", _, ..])
{
    return LoadBenchmark.Run(args[1], args.Contains("--mmap"));
}

if (args is ["model-types", ..])
{
    return ModelTypesBenchmark.Run(args.Length > 1 ? int.Parse(args[1]) : 512);
}

if (args is ["tokenize", _, ..])
{
    return TokenizeBenchmark.Run(args[1], args.Length > 2 ? args[2] : "bench/Ropewalk.Benchmarks/tokenizers-js", args.Length > 3 ? args[3] : null);
}

if (args is ["hostile", _])
{
    return HostileTextBenchmark.Run(args[1]);
}

Console.Error.WriteLine("usage: engine [--peer llama.cpp] | gemm | types | window MODEL [TOKENS] [WINDOWS] | generate 134m|7b|LAYERS,WIDTH,HEADS,FEEDFORWARD,VOCABULARY OUT.gguf [TYPE] [--filled] | load MODEL [--mmap] | model-types [TOKENS] | tokenize SHARED [TOKENIZERS-JS] [NAME] | hostile SHARED");
return 2;
