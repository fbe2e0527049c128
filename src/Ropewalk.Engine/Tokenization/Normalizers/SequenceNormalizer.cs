namespace Ropewalk.Engine.Tokenization;

/// <summary>One normalizer after the other.</summary>
internal sealed class SequenceNormalizer(Normalizer[] steps) : Normalizer
{
    public override bool CutsAt(char before, char after) => Array.TrueForAll(steps, s => s.CutsAt(before, after));

    public override Normalizer? Rest => steps.All(s => s.Rest == s) ? this : new SequenceNormalizer([.. steps.Select(s => s.Rest).OfType<Normalizer>()]);

    public override bool KeepsTokens => Array.TrueForAll(steps, s => s.KeepsTokens);

    public override string Normalize(string text) => steps.Aggregate(text, (t, step) => step.Normalize(t));
}
