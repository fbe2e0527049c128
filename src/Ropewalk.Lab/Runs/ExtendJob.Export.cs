using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Export;

namespace Ropewalk.Lab.Runs;

/// <content>The verdict, the export and its proof.</content>
public sealed partial class ExtendJob
{
    private static string Verdict(MethodResult winner, List<(string Method, double Difference, double Low, double High)> differences)
    {
        var window = differences.FirstOrDefault(d => d.Method == WindowName);
        var others = differences.Where(d => d.Method != WindowName).OrderBy(d => d.Difference).ToList();
        var rival = others[0];
        var gain = rival.Low > 0
            ? $"perplexity {winner.Perplexity.Value:F3} at {Display.Length(winner.Length)} tokens, below every other scaling: {rival.Method}, the next, loses {rival.Difference:F4} nats a token more (95 % interval {rival.Low:F4} to {rival.High:F4})"
            : $"perplexity {winner.Perplexity.Value:F3} at {Display.Length(winner.Length)} tokens; no gain over {rival.Method} that the held-out text proves ({rival.Difference:F4} nats a token, 95 % interval {rival.Low:F4} to {rival.High:F4})";
        return window.Method is null ? gain
            : window.Difference <= 0 ? $"no gain over sliding the old window: {gain}"
            : window.Low <= 0 ? $"no proven gain over sliding the old window: {gain}"
            : $"{gain}; and below sliding the old window";
    }

    private ExtendResult Export(ExtendResult result, LanguageModel original, HeldoutScorer scorer, Evaluator evaluator)
    {
        if (!(result.ShortLoss <= _options.MaximumShortLoss))
        {
            return result with
            {
                Refusal = $"export refused: at {original.Rope.Geometry.OriginalContext} tokens the perplexity would be {100 * result.ShortLoss:F2} % above the untouched model's, more than --max-short-loss {100 * _options.MaximumShortLoss:0.##} %: allow more, or search under a smaller --attention-factor",
            };
        }

        var (files, notes) = CheckpointExporter.Write(_options.Model, _options.Out, result.Scaling, result.TargetContext, _style);
        try
        {
            return Prove(result, original, scorer, evaluator, files, notes);
        }
        catch
        {
            // Stopped, or the disk is full: what was not read back and measured is no checkpoint.
            File.Delete(Path.Combine(_options.Out, AtomicFolder.CommitMarker));
            throw;
        }
    }

    /// <summary>Loads the export from disk and measures it again.</summary>
    private ExtendResult Prove(
        ExtendResult result, LanguageModel original, HeldoutScorer scorer, Evaluator evaluator, IReadOnlyList<string> files, IReadOnlyList<string> notes)
    {
        using var loaded = ModelLoader.Load(_options.Out);
        var scaling = _style is null ? RopeFactorsFile.Read(Path.Combine(_options.Out, CheckpointExporter.FactorsName), loaded.Rope.Geometry) : loaded.Rope.Scaling;
        var receipt = Receipt.Make(original, loaded, scaling, result.Geometry.OriginalContext, result.TargetContext);
        var windows = scorer.Set.Windows.Select(w => w.Tokens).ToArray();
        using var reader = new Evaluator(loaded) { WindowDone = evaluator.WindowDone };
        var again = reader.Losses(windows, scaling.At(result.TargetContext), _stop);
        var measured = scorer.Result(WinnerName, "", result.TargetContext, again).Perplexity.Nll;
        if (!measured.Equals(result.WinnerAtTarget.Perplexity.Nll) || !receipt.HasEffect)
        {
            File.Delete(Path.Combine(_options.Out, AtomicFolder.CommitMarker));
            return result with
            {
                Receipt = receipt,
                Refusal = receipt.HasEffect
                    ? $"the export read back from disk gives a loss of {measured} instead of {result.WinnerAtTarget.Perplexity.Nll} nats: its config.json was removed"
                    : "the export changes nothing: the frequencies or the probe's logits are the original's; its config.json was removed",
            };
        }

        var extended = result with { Receipt = receipt, Files = [.. files, "receipt.json", "report.html"], Notes = [.. result.Notes, .. notes] };
        AtomicFile.WriteAllText(Path.Combine(_options.Out, "receipt.json"), ResultJson.Serialize(ExtendRecord.Receipt(extended)));
        return extended;
    }
}
