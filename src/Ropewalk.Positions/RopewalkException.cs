namespace Ropewalk.Positions;

/// <summary>An error that is the input's, not the program's. Its message is one line that names the source, the field,
/// what was found and what was expected; a program prints it and exits with code 2.</summary>
public abstract class RopewalkException : Exception
{
    /// <summary>Creates the error with its one-line message.</summary>
    protected RopewalkException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its one-line message and its cause.</summary>
    protected RopewalkException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
