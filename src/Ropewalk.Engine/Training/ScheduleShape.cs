namespace Ropewalk.Engine.Training;

/// <summary>How a learning rate falls after its warm-up.</summary>
public enum ScheduleShape
{
    /// <summary>Half a wave.</summary>
    Cosine,

    /// <summary>A straight line.</summary>
    Linear,

    /// <summary>Not at all.</summary>
    Constant,
}
