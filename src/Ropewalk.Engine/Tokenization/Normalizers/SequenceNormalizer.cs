namespace Ropewalk.Engine.Tokenization;

/// <summary>One normalizer after the other.</summary>
internal sealed class SequenceNormalizer(Normalizer[] steps) : Normalizer
{
    public override string Normalize(string text) => steps.Aggregate(text, (t, step) => step.Normalize(t));
}
