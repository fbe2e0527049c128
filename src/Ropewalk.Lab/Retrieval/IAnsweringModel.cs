namespace Ropewalk.Lab.Retrieval;

/// <summary>What a trial asks of a model. Answers to several prompts may be asked for at the same time.</summary>
public interface IAnsweringModel
{
    /// <summary>Reads a prompt once, and from there scores what could follow or continues it.</summary>
    /// <param name="prompt">The prompt and its candidates.</param>
    /// <param name="scoring">What is wanted.</param>
    /// <param name="cancellationToken">Stops between tokens.</param>
    ModelAnswer Ask(FittedPrompt prompt, RetrievalScoring scoring, CancellationToken cancellationToken);
}
