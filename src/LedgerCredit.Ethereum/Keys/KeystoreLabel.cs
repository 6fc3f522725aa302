namespace LedgerCredit.Ethereum.Keys;

/// <summary>What a keystore of ours is for.</summary>
/// <remarks>
/// It stands unprotected in the file, and the file's mac does not cover the initialisation vector: who opens a keystore compares
/// <paramref name="Public"/> with what the secret gives.
/// </remarks>
/// <param name="Type">What the secret is: <c>account</c>, <c>note</c>, <c>subject</c>, <c>webhook</c>, <c>witness</c> or <c>material</c>.</param>
/// <param name="Name">The key's name in the workspace.</param>
/// <param name="Public">The public part as text (an address, a note verifier key), or empty where there is none.</param>
public sealed record KeystoreLabel(KeystoreKeyType Type, string Name, string Public);

/// <summary>What a secret in a keystore is.</summary>
public enum KeystoreKeyType
{
    /// <summary>The private key of a ledger account (secp256k1).</summary>
    Account = 1,

    /// <summary>The seed of a log's checkpoint key (Ed25519).</summary>
    Note = 2,

    /// <summary>The network's subject key, from which subject tags are made.</summary>
    Subject = 3,

    /// <summary>The seed of the key that signs messages to supervisory endpoints (Ed25519).</summary>
    Webhook = 4,

    /// <summary>The seed of the key by which a witness cosigns checkpoints of others' logs (Ed25519).</summary>
    Witness = 5,

    /// <summary>The key under which the keys of the materials of repairs are kept (AES-256).</summary>
    Material = 6,
}
