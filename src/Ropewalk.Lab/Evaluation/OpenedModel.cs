using Ropewalk.Engine.Models;

namespace Ropewalk.Lab.Evaluation;

/// <summary>A model that is loaded when the first number is asked of it: of a job that is continued, most were recorded.</summary>
/// <param name="folder">Gives the folder; called once, when it is needed.</param>
/// <param name="windowDone">Hears of each window.</param>
internal sealed class OpenedModel(Func<string> folder, Action<int>? windowDone = null) : IDisposable
{
    private LanguageModel? _model;
    private Evaluator? _evaluator;

    /// <summary>Runs the model.</summary>
    public Evaluator Evaluator
    {
        get
        {
            _model ??= ModelLoader.Load(folder());
            return _evaluator ??= new Evaluator(_model) { WindowDone = windowDone };
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _evaluator?.Dispose();
        _model?.Dispose();
    }
}
