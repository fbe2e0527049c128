using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Generation;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Retrieval;
using Ropewalk.Positions;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Tests.Lab.Retrieval;

/// <summary>What the cache of a prompt gives, against running each whole text anew and against <see cref="TextGenerator"/>.</summary>
public sealed class CachedModelTests
{
    [SharedTheory]
    [InlineData("bytes2m", "none", null)]
    [InlineData("bytes2m", "yarn:4", null)]
    [InlineData("llama2xs", "dynamic:4", null)]
    [InlineData("llama2xs", "none", "self-extend:group=8,window=64")]
    [InlineData("stories260K", "none", "sinks:start=4,recent=100")]
    public void A_candidates_loss_is_that_of_the_whole_text(string name, string scaling, string? plan)
    {
        var path = SharedData.Path("data", "models", name);
        using var model = ModelLoader.Load(path);
        var tokenizer = Tokenizer.Load(path);
        var geometry = model.Rope.Geometry;
        var method = new PositionMethod(
            RopeScalingRegistry.Parse(scaling, geometry, p => RopeFactorsFile.Read(p, geometry)), plan is null ? null : PositionPlanRegistry.Parse(plan, geometry.OriginalContext));
        using var evaluator = new Evaluator(model);
        foreach (var task in new IRetrievalTask[] { new PasskeyTask(PasskeyTemplate.Story, new Haystacks(null)), new NeedleTask(new Haystacks(null)) })
        {
            var retrieval = task.Make(new CounterRandom(3), 500, 6);
            var prompt = new PromptFitter(tokenizer).Fit(retrieval, 500, 0.4);
            var answer = new CachedModel(model, method, StopTokens.None).Ask(prompt, RetrievalScoring.Both, CancellationToken.None);
            var text = tokenizer.Decode(prompt.Prompt, skipSpecialTokens: true);
            for (var c = 0; c < retrieval.Candidates.Length; c++)
            {
                int[] whole = [.. prompt.Prompt[..prompt.Shared], .. prompt.Continuations[c]];
                Assert.Equal($"{text} {retrieval.Candidates[c]}", tokenizer.Decode(whole, skipSpecialTokens: true));
                var losses = evaluator.Losses([new ScoringTask(whole, method.At(prompt.Window), prompt.Shared, method.Layout)])[0];
                Assert.Equal(prompt.Continuations[c].Length, losses.Length);
                Assert.Equal(losses.Sum(l => (double)l), answer.Losses[c], 1e-3);
            }

            var generated = TextGenerator.Generate(model, method, prompt.Prompt, prompt.Window - prompt.Prompt.Length, new Sampler(0, () => 0), StopTokens.None).Take(prompt.MaxNewTokens);
            Assert.Equal(generated, answer.Generated);
        }
    }
}
