using System.Text;

namespace Ropewalk.Lab.Retrieval;

/// <summary>Five short sentences for ever, as in the passkey test of landmark attention, LongRoPE and YaRN. The text after the needle begins
/// anew with the first sentence; both parts are cut between any two characters, as those programs do.</summary>
/// <param name="step">Sizes are multiples of that many characters.</param>
public sealed class RepeatedHaystack(int step) : IHaystack
{
    private const string Sentences = "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.";

    /// <inheritdoc />
    public int Available => int.MaxValue / 2;

    /// <inheritdoc />
    public int Granularity => step;

    /// <inheritdoc />
    public (string Text, int NeedleAt) Hide(string needle, int characters, double depth)
    {
        var before = (int)Math.Round(characters * depth);
        var text = new StringBuilder(characters + needle.Length + 2);
        Fill(text, before);
        text.Append('\n').Append(needle).Append('\n');
        Fill(text, characters - before);
        return (text.ToString(), before + 1);
    }

    private static void Fill(StringBuilder text, int characters)
    {
        while (characters > 0)
        {
            var count = Math.Min(characters, Sentences.Length);
            text.Append(Sentences, 0, count);
            characters -= count;
            if (characters > 0)
            {
                text.Append(' ');
                characters--;
            }
        }
    }
}
