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

Console.Error.WriteLine("usage: gemm | types | window MODEL [TOKENS] [WINDOWS]");
return 2;
