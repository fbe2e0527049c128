using Ropewalk.Benchmarks;

if (args is ["gemm", .. var rest])
{
    return GemmBenchmark.Run(rest);
}

if (args is ["types"])
{
    return TypesBenchmark.Run();
}

if (args is ["window", _, ..])
{
    return WindowBenchmark.Run(args[1], args.Length > 2 ? int.Parse(args[2]) : 1024, args.Length > 3 ? int.Parse(args[3]) : 8);
}

if (args is ["tokenize", _, ..])
{
    return TokenizeBenchmark.Run(args[1], args.Length > 2 ? args[2] : "bench/Ropewalk.Benchmarks/tokenizers-js", args.Length > 3 ? args[3] : null);
}

if (args is ["hostile", _])
{
    return HostileTextBenchmark.Run(args[1]);
}

Console.Error.WriteLine("usage: gemm | types | window MODEL [TOKENS] [WINDOWS] | tokenize SHARED [TOKENIZERS-JS] [NAME] | hostile SHARED");
return 2;
