using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Export;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Lab.Studies;

namespace Ropewalk.Lab.Progressive;

/// <content>The comparison, and the export with its proof.</content>
public sealed partial class ProgressiveJob
{
    /// <summary>Name of what the road led to, in tables.</summary>
    public const string ResultName = "progressive";

    private static readonly string[] s_rivals = ["linear", "yarn"];

    /// <summary>The direct road and the published methods, each tuned at the last tuned window with as many tokens as all stages had. Beyond that window each
    /// is set for the length without further tuning, as the result is.</summary>
    private IReadOnlyList<StageResult> Compare(RoadTools tools, Perplexity untouched, List<MethodResult> methods)
    {
        var (last, tokens) = (_options.Tuned[^1], _options.Tokens.Sum());
        foreach (var rival in s_rivals)
        {
            var encoding = TunedEncoding.At(rival, tools.Geometry, last);
            var folder = tools.Tuned($"{rival}-{last}", tools.Tuning(_options.Model, encoding, last, tokens), tokens);
            using var model = ModelLoader.Load(folder);
            using var evaluator = tools.Evaluator(model);
            methods.AddRange(tools.Measure(evaluator, $"{rival}, tuned", $"{rival} tuned", tools.Lengths, n => n <= last ? encoding : TunedEncoding.At(rival, tools.Geometry, n)));
        }

        var direct = new Road(tools, "direct", untouched);
        direct.Stage(last, tokens);
        if (_options.Then is { } then)
        {
            direct.Stage(then, 0);
        }

        var scaling = direct.Recover();
        using var tuned = ModelLoader.Load(direct.Model);
        using var runs = tools.Evaluator(tuned);
        methods.AddRange(tools.Measure(runs, "direct, tuned", "direct tuned", tools.Lengths, _ => scaling));
        return direct.Stages;
    }

    /// <summary>Writes the checkpoint, loads it from disk and measures it again.</summary>
    private ProgressiveResult Export(ProgressiveResult result, RoadTools tools, LanguageModel original, string source)
    {
        tools.Stage("export");
        var (files, notes) = CheckpointExporter.Write(source, _options.Out, result.Scaling, _options.Longest, _style);
        try
        {
            using var loaded = ModelLoader.Load(_options.Out);
            using var evaluator = tools.Evaluator(loaded);
            var windows = tools.Texts.Heldout.Windows.Select(w => w.Tokens).ToArray();
            var again = tools.BootstrapAt(_options.Longest).Measure(evaluator.Losses(windows, loaded.Rope.Scaling.At(_options.Longest), _stop)).Nll;
            var measured = result.Methods.Last(m => m.Method == ResultName).Perplexity.Nll;
            if (!again.Equals(measured))
            {
                throw new RunFolderException(_options.Out, "export", $"a loss of {again} nats after reading it back", $"{measured}, as before it was written", "its config.json was removed; the model in the last stage's folder is whole");
            }

            return result with { Files = files, Notes = notes, Receipt = Receipt.Make(original, loaded, loaded.Rope.Scaling, tools.Geometry.OriginalContext, _options.Longest) };
        }
        catch
        {
            // What was not read back and measured is no checkpoint.
            File.Delete(Path.Combine(_options.Out, AtomicFolder.CommitMarker));
            throw;
        }
    }
}
