using Ropewalk.Positions;

namespace Ropewalk.Lab.Training;

/// <summary>The loss ran away; the message says at which step, and what was kept.</summary>
/// <param name="message">One line.</param>
public sealed class TrainingDivergedException(string message) : RopewalkException(message);
