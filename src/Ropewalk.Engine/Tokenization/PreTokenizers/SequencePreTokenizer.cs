namespace Ropewalk.Engine.Tokenization;

/// <summary>One pre-tokenizer after the other.</summary>
internal sealed class SequencePreTokenizer(PreTokenizer[] steps) : PreTokenizer
{
    /// <summary>The first step that cuts words decides. Once a step has rewritten the text, the rules of the next ones, which speak of
    /// white space, no longer hold; and where one may have cut before, nobody knows whether the next puts its prefix there.</summary>
    public override TextCut Cuts
    {
        get
        {
            var (cut, rewritten) = (false, false);
            foreach (var step in steps)
            {
                if (step.AddsPrefix && cut)
                {
                    return TextCut.Unknown;
                }

                if (step.Cuts != TextCut.Elsewhere)
                {
                    return rewritten ? TextCut.Unknown : step.Cuts;
                }

                cut |= step is SplitPreTokenizer;
                rewritten |= step is not SplitPreTokenizer;
            }

            return TextCut.Elsewhere;
        }
    }

    public override bool AddsPrefix => Array.Exists(steps, s => s.AddsPrefix);

    /// <summary>The steps in order.</summary>
    public IReadOnlyList<PreTokenizer> Steps => steps;

    public override List<Piece> Split(List<Piece> pieces)
    {
        foreach (var step in steps)
        {
            pieces = step.Split(pieces);
        }

        return pieces;
    }
}
