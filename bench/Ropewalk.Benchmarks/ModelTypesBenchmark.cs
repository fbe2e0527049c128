using System.Diagnostics;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;
using Ropewalk.Lab.Evaluation;

namespace Ropewalk.Benchmarks;

/// <summary>One text through a llama of 134 million parameters in every stored type, in alternating rounds: what the widening of weights
/// costs. Losses of all tokens, so every row of logits is computed. Medians.</summary>
internal static class ModelTypesBenchmark
{
    private const int Rounds = 5;

    public static int Run(int length)
    {
        var folder = Directory.CreateTempSubdirectory("ropewalk-bench-").FullName;
        var types = Enum.GetValues<GgmlType>().Where(t => t != GgmlType.F64).ToArray();
        var models = new List<LanguageModel>();
        try
        {
            foreach (var type in types)
            {
                var file = Path.Combine(folder, $"{type}.gguf");
                ModelGenerator.Write(ModelGenerator.SizesOf("134m"), file, type, filled: true);
                models.Add(ModelLoader.Load(file));
                File.Delete(file);
            }

            Console.WriteLine($"{"threads",7} {"type",5} {"tokens/s",9} {"of F32",7}   medians of {Rounds} rounds of {length} tokens");
            foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct())
            {
                WorkerPool.NumThreads = threads;
                var seconds = Measure(models, length);
                for (var i = 0; i < types.Length; i++)
                {
                    Console.WriteLine($"{threads,7} {types[i],5} {length / seconds[i],9:F0} {seconds[0] / seconds[i],7:F2}");
                }
            }

            return 0;
        }
        finally
        {
            models.ForEach(m => m.Dispose());
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double[] Measure(List<LanguageModel> models, int length)
    {
        var random = new Random(1);
        int[][] windows = [Enumerable.Range(0, length).Select(_ => random.Next(models[0].Shape.VocabularySize)).ToArray()];
        var seconds = models.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round <= Rounds; round++)
        {
            for (var i = 0; i < models.Count; i++)
            {
                var evaluator = new Evaluator(models[i]);
                var start = Stopwatch.GetTimestamp();
                evaluator.Losses(windows, models[i].Rope.Scaling.At(length));

                // The first round wakes threads and compiles.
                if (round > 0)
                {
                    seconds[i].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                }
            }
        }

        return [.. seconds.Select(s => s.Order().ElementAt(s.Count / 2))];
    }
}
