namespace Ropewalk.Positions;

/// <summary>A flag, a scaling spec or a value that the caller gave cannot be used.</summary>
public sealed class UserInputException : RopewalkException
{
    /// <summary>Creates the error; <paramref name="message"/> names the flag or field, the value and the allowed ones.</summary>
    public UserInputException(string message)
        : base(message)
    {
    }
}
