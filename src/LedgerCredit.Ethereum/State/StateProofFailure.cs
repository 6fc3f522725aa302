namespace LedgerCredit.Ethereum.State;

/// <summary>Why a Merkle-Patricia proof was refused. <see cref="None"/> is the only success.</summary>
public enum StateProofFailure
{
    /// <summary>The proof holds.</summary>
    None = 0,

    /// <summary>A node on the path is not in the proof.</summary>
    MissingNode = 1,

    /// <summary>The proof goes on behind the end of the path.</summary>
    SurplusNode = 2,

    /// <summary>A node does not have the hash by which the root or its parent refers to it.</summary>
    HashMismatch = 3,

    /// <summary>A node is not the canonical encoding of a branch, an extension or a leaf.</summary>
    MalformedNode = 4,

    /// <summary>The value is not an account, or not a storage word without leading zeros.</summary>
    MalformedValue = 5,
}
