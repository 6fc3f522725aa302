namespace LedgerCredit.Primitives.Hashing;

/// <summary>How many messages are hashed at once; results are the same.</summary>
public enum HashPath
{
    /// <summary>One after the other, by the framework.</summary>
    Framework = 0,

    /// <summary>Eight, with AVX2.</summary>
    EightLanes,

    /// <summary>Sixteen, with AVX-512.</summary>
    SixteenLanes,
}
