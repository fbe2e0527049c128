using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Retrieval;
using Ropewalk.Tests.EndToEnd;

namespace Ropewalk.Tests.Lab.Retrieval;

public sealed class RetrievalGridTests
{
    private static readonly RetrievalOptions s_options = new() { Lengths = [200, 300, 500], Depths = [0, 0.5, 1], Trials = 4, Candidates = 5 };
    private static readonly ModelShape s_small = ModelLoader.Load(Command.Embedded).Shape;

    [Fact]
    public void Answers_are_counted_where_they_were_given()
    {
        // Finds the answer up to 300 tokens, and beyond them only at the end.
        var result = Run(p => p.Window <= 300 || p.NeedleToken > 350);
        foreach (var by in new[] { RetrievalScoring.Greedy, RetrievalScoring.Choice })
        {
            Assert.Equal(new RetrievalCount(4, 4), result.Count(by, 200, 0));
            Assert.Equal(new RetrievalCount(12, 12), result.Count(by, 300));
            Assert.Equal(new RetrievalCount(0, 4), result.Count(by, 500, 0.5));
            Assert.Equal(new RetrievalCount(4, 4), result.Count(by, 500, 1));
            Assert.Equal(new RetrievalCount(28, 36), result.Count(by));
        }

        Assert.Equal(0.2, result.Chance(RetrievalScoring.Choice));
        Assert.Equal(0, result.Chance(RetrievalScoring.Greedy));
    }

    [Fact]
    public void A_tie_is_no_choice()
    {
        var result = new RetrievalGrid(new Answering(_ => new ModelAnswer([1, 1, 1, 1, 1], [])), Tokenizer.Load(Command.Embedded), Task(), s_options with { Scoring = RetrievalScoring.Choice }).Run([], null, s_small);
        Assert.Equal(0, result.Count(RetrievalScoring.Choice).Correct);
        Assert.All(result.Trials, t => Assert.Null(t.IsExact));
    }

    [Fact]
    public void More_trials_lengths_or_depths_leave_the_others_as_they_are()
    {
        var few = Run(p => p.Prompt.Length % 2 == 0);
        var many = Grid(p => p.Prompt.Length % 2 == 0, s_options with { Lengths = [200, 250, 300, 500], Depths = [0, 0.25, 0.5, 1], Trials = 6 }).Run([], null, s_small);
        Assert.Equal(few.Trials, many.Trials.Where(t => t.Length != 250 && !t.Depth.Equals(0.25) && t.Trial < 4));
    }

    private static PasskeyTask Task() => new(PasskeyTemplate.Story, new Haystacks(null));

    private static RetrievalResult Run(Func<FittedPrompt, bool> finds) => Grid(finds, s_options).Run([], null, s_small);

    private static RetrievalGrid Grid(Func<FittedPrompt, bool> finds, RetrievalOptions options)
    {
        var tokenizer = Tokenizer.Load(Command.Embedded);
        return new RetrievalGrid(
            new Answering(p => finds(p)
                ? new ModelAnswer([1, 2, 3, 4, 5], p.Continuations[0])
                : new ModelAnswer([3, 2, 1, 4, 5], p.Continuations[1])),
            tokenizer,
            Task(),
            options);
    }

    private sealed class Answering(Func<FittedPrompt, ModelAnswer> answer) : IAnsweringModel
    {
        public ModelAnswer Ask(FittedPrompt prompt, RetrievalScoring scoring, CancellationToken cancellationToken) => answer(prompt);
    }
}
