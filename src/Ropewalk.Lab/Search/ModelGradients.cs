using Ropewalk.Engine.Models;
using Ropewalk.Engine.Training;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Search;

/// <summary>The gradient of a search's loss in the encoding, by a model whose weights stay as they are. Sequences go one after the other, each layer
/// computed again on the way back, so that memory grows with one window.</summary>
/// <param name="model">Weights in float32.</param>
/// <param name="windows">In the order in which they are counted.</param>
/// <param name="stop">Stops between layers.</param>
public sealed class ModelGradients(TrainableModel model, IReadOnlyList<SearchWindow> windows, CancellationToken stop)
{
    private const int NoTarget = -1;

    /// <summary>Loads a checkpoint for gradients of its encoding alone; the caller owns it.</summary>
    /// <param name="path">A Hugging Face folder or a GGUF file.</param>
    public static TrainableModel Load(string path)
    {
        using var checkpoint = ModelLoader.Open(path);
        var model = TrainableModel.Load(checkpoint);
        foreach (var parameter in model.Parameters)
        {
            parameter.IsTrained = false;
        }

        model.Recomputes = true;
        return model;
    }

    /// <summary>Answers a request that wants a gradient.</summary>
    /// <param name="request">Point and windows.</param>
    /// <param name="frequencies">The point's.</param>
    public double[] Answer(EvaluationRequest request, RopeFrequencies frequencies)
    {
        var answer = new double[request.AnswerLength];
        var gradient = new RotaryGradient(frequencies.Pairs);
        for (var w = 0; w < request.NumWindows; w++)
        {
            foreach (var part in windows[request.FirstWindow + w].Parts)
            {
                var scored = part.Tokens.Length - part.FirstScored;
                int[] targets = [.. Enumerable.Range(1, part.Tokens.Length - 1).Select(t => t >= part.FirstScored ? part.Tokens[t] : NoTarget)];
                using var rotary = new RotaryTable(frequencies, targets.Length);
                var loss = model.Backward([new TrainingSequence(part.Tokens[..^1], targets, rotary)], (float)(part.Weight / scored / request.NumWindows), gradient, stop);
                answer[w] += part.Weight * loss / scored;
            }
        }

        gradient.LogRescaleFactors(frequencies.InverseFrequencies.AsSpan()).CopyTo(answer, request.NumWindows);
        answer[^1] = gradient.AttentionFactor * frequencies.AttentionFactor;
        return answer;
    }
}
