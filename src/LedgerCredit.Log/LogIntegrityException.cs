namespace LedgerCredit.Log;

/// <summary>Stored parts of a log are missing or contradict each other.</summary>
/// <remarks>Fatal: whoever meets it stops and never continues on top of a broken log.</remarks>
public sealed class LogIntegrityException : Exception
{
    /// <summary>Makes an exception without a message.</summary>
    public LogIntegrityException()
    {
    }

    /// <summary>Makes an exception that says what is missing or contradictory.</summary>
    public LogIntegrityException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with its cause.</summary>
    public LogIntegrityException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
