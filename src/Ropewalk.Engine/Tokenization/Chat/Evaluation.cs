using System.Runtime.CompilerServices;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>One rendering of a template: where it stands, what it has written, what it may still cost.</summary>
internal sealed class Evaluation
{
    private const int CharactersPerStep = 16;
    private const int CharactersPerItem = 8;

    private readonly TemplateSource _source;
    private readonly ChatLimits _limits;
    private long _steps;
    private long _touched;
    private long _created;
    private int _depth;

    /// <param name="source">For complaints.</param>
    /// <param name="limits">What it may cost.</param>
    /// <param name="clock">What strftime_now tells.</param>
    public Evaluation(TemplateSource source, ChatLimits limits, TimeProvider clock)
    {
        _source = source;
        _limits = limits;
        Clock = clock;
        Output = new TextBuilder(this);
    }

    /// <summary>The line that complaints name.</summary>
    public int Line { get; set; } = 1;

    /// <summary>Where statements write to.</summary>
    public TextBuilder Output { get; set; }

    /// <summary>What strftime_now tells.</summary>
    public TimeProvider Clock { get; }

    /// <summary>Counts steps.</summary>
    public void Step(long count = 1)
    {
        _steps += count;
        if (_steps > _limits.Steps)
        {
            throw Fail($"the template takes more than {_limits.Steps:N0} steps");
        }
    }

    /// <summary>Counts characters that an operation goes through. Few of them are free, so that short texts cost only their operation.</summary>
    public void Touch(long characters)
    {
        _touched += characters;
        if (_touched >= CharactersPerStep)
        {
            Step(_touched / CharactersPerStep);
            _touched %= CharactersPerStep;
        }
    }

    /// <summary>Counts characters that are made, before they are.</summary>
    public void Create(long characters)
    {
        _created += characters;
        if (_created > _limits.CreatedCharacters)
        {
            throw Fail($"the template makes more than {_limits.CreatedCharacters:N0} characters");
        }

        Touch(characters);
    }

    /// <summary>Counts items of lists that are made, before they are.</summary>
    public void CreateItems(long count) => Create(count * CharactersPerItem);

    /// <summary>Checks the length of a text that is put together.</summary>
    public void CheckLength(long characters)
    {
        if (characters > _limits.OutputCharacters)
        {
            throw Fail($"the template makes a text of more than {_limits.OutputCharacters:N0} characters");
        }
    }

    /// <summary>Goes one level deeper: into an expression, a call, a list in a list.</summary>
    public void Enter()
    {
        // The machine's own stack is asked too: how much of it a level takes is the compiler's business.
        if (++_depth > _limits.Depth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Fail($"the template nests or calls deeper than {_limits.Depth} levels");
        }
    }

    /// <summary>Comes back from <see cref="Enter"/>; not needed on the way of an error, which ends the rendering.</summary>
    public void Leave() => _depth--;

    /// <summary>Runs something whose writing is caught.</summary>
    public TextValue Capture(Action body)
    {
        var outer = Output;
        Output = new TextBuilder(this);
        body();
        var text = Output.ToText();
        Output = outer;
        return text;
    }

    /// <summary>The complaint that something does not work, in the current line.</summary>
    public ChatTemplateException Fail(string problem) => new(_source.File, _source.At(Line), problem);
}
