using System.Collections.Immutable;

namespace Ropewalk.Lab.Retrieval;

/// <summary>One thing to be found: the sentence that tells it, the question, and what could be the answer.</summary>
/// <param name="Head">Said first, on a line of its own; empty for nothing.</param>
/// <param name="Haystack">What it is hidden in.</param>
/// <param name="Needle">The sentence that tells it.</param>
/// <param name="Question">Said last; the answer continues it after a space.</param>
/// <param name="Candidates">The answer, and others of its kind; none begins with another.</param>
public sealed record RetrievalCase(string Head, IHaystack Haystack, string Needle, string Question, ImmutableArray<string> Candidates)
{
    /// <summary>The right one.</summary>
    public string Answer => Candidates[0];

    /// <summary>The prompt with so much haystack.</summary>
    /// <returns>The text, and where the needle begins in it.</returns>
    public (string Text, int NeedleAt) Compose(int characters, double depth)
    {
        var (hidden, at) = Haystack.Hide(Needle, characters, depth);
        var head = Head.Length == 0 ? "" : Head + "\n";
        return ($"{head}{hidden}\n{Question}", head.Length + at);
    }
}
