using Ropewalk.Engine.Models;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Comparison;

/// <summary>Which methods are measured at which lengths. All is decided, and refused, before anything takes time.</summary>
public sealed class CompareMethods
{
    private readonly MethodList _list;
    private readonly LanguageModel _model;
    private readonly int _target;
    private readonly Dictionary<string, RopeScaling> _tuned = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];
    private readonly List<MethodFamily> _families = [];

    /// <summary>Reads and checks the list.</summary>
    /// <param name="options">What is asked.</param>
    /// <param name="model">The model.</param>
    /// <param name="lengths">Lengths to measure at; the last is N.</param>
    /// <exception cref="UserInputException">A word is no method, or the model cannot have one that was asked for by name.</exception>
    public CompareMethods(CompareOptions options, LanguageModel model, IReadOnlyList<int> lengths)
    {
        _list = MethodList.Parse(options.Methods, model.Rope, options.Factors);
        _model = model;
        _target = lengths[^1];
        foreach (var family in _list.Families)
        {
            if (Refusal(family, lengths) is not { } reason)
            {
                _families.Add(family);
            }
            else if (family.IsAsked)
            {
                throw new UserInputException(reason.StartsWith("--methods", StringComparison.Ordinal) ? reason : $"--methods {family.Name}: {reason}");
            }
            else
            {
                _notes.Add($"{family.Name} is left out: {reason}");
            }
        }
    }

    /// <summary>The families, "none" first.</summary>
    public IReadOnlyList<MethodFamily> Families => _families;

    /// <summary>Why methods of the whole list are left out.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Families that are tuned before they can be had.</summary>
    public IEnumerable<MethodFamily> Tunings => _families.Where(f => f.Tuning is not MethodTuning.None);

    /// <summary>Takes a tuning's result. It is read from its text, as it is when the records are read, so that both give the same bits.</summary>
    public void Tuned(TunedMethod tuned) =>
        _tuned[tuned.Method] = RopeScalingRegistry.Parse(tuned.Spec, _model.Rope.Geometry, path => throw new UserInputException($"found the factors file {path}, expected a formula"));

    /// <summary>Whether a family is measured at a length; it is not where it would be the model as it is.</summary>
    public bool IsMeasured(MethodFamily family, int length) =>
        family.Tuning is MethodTuning.None ? family.At(length, _target) is not null : length > _model.Rope.Geometry.OriginalContext;

    /// <summary>The method at a length at which it is measured.</summary>
    public PositionMethod At(MethodFamily family, int length) =>
        family.Tuning is MethodTuning.None ? family.At(length, _target)! : new PositionMethod(_tuned[family.Name]);

    private string? Refusal(MethodFamily family, IReadOnlyList<int> lengths)
    {
        try
        {
            if (family.Tuning is MethodTuning.NtkAlpha && _model.Rope.Geometry.RotaryDimension <= 2)
            {
                return $"found {_model.Rope.Geometry.RotaryDimension} rotated dimensions, expected more than 2";
            }

            foreach (var length in lengths)
            {
                if (family.At(length, _target) is { } method && MethodList.Refusal(method, _model) is { } reason)
                {
                    return reason;
                }
            }

            return null;
        }
        catch (UserInputException e)
        {
            return e.Message;
        }
    }
}
