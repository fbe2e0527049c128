namespace Ropewalk.Lab.Retrieval;

/// <summary>How an answer is judged.</summary>
[Flags]
public enum RetrievalScoring
{
    /// <summary>The greedy continuation gives the answer.</summary>
    Greedy = 1,

    /// <summary>Among the candidates the answer has the least loss: for models too small to follow an instruction.</summary>
    Choice = 2,

    /// <summary>Both, over one reading of the prompt.</summary>
    Both = Greedy | Choice,
}
