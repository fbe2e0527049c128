using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Retrieval;

/// <summary>A kind of retrieval: makes cases, and judges what a model wrote.</summary>
public interface IRetrievalTask
{
    /// <summary>"passkey" or "needle".</summary>
    string Name { get; }

    /// <summary>How its prompts are made, in words; equal for equal prompts.</summary>
    string Description { get; }

    /// <summary>Makes a case.</summary>
    /// <param name="random">Decides everything about it.</param>
    /// <param name="window">Tokens of the window that it will be fitted to.</param>
    /// <param name="numCandidates">Answers to choose among.</param>
    RetrievalCase Make(CounterRandom random, int window, int numCandidates);

    /// <summary>Whether a greedy continuation of the prompt gives the answer.</summary>
    bool IsExact(string continuation, string answer);
}
