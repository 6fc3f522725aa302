namespace LedgerCredit.Ethereum.Keys;

/// <summary>Why a keystore did not open. <see cref="None"/> is the only success.</summary>
public enum KeystoreFailure
{
    /// <summary>It opened.</summary>
    None = 0,

    /// <summary>The password is another one, or the file was altered: the two cannot be told apart.</summary>
    WrongPassword = 1,

    /// <summary>The file names another account than its key belongs to.</summary>
    AddressMismatch = 2,
}
