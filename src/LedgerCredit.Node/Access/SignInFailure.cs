namespace LedgerCredit.Node.Access;

/// <summary>Why a sign-in was refused.</summary>
public enum SignInFailure
{
    /// <summary>It was not.</summary>
    None = 0,

    /// <summary>The message is none of EIP-4361.</summary>
    Malformed,

    /// <summary>It is for another domain or URI.</summary>
    OtherDomain,

    /// <summary>It is for another ledger.</summary>
    OtherChain,

    /// <summary>It is none that this node made since it started, or it was altered.</summary>
    UnknownChallenge,

    /// <summary>It is too old.</summary>
    Expired,

    /// <summary>The signature is not that of the account in the message.</summary>
    BadSignature,

    /// <summary>The account belongs to no organisation that may sign in here.</summary>
    UnknownAccount,

    /// <summary>It was used before.</summary>
    Replayed,

    /// <summary>The account signed in too often in the lifetime of a challenge.</summary>
    TooMany,
}

/// <summary>What refusals are called.</summary>
public static class SignInFailures
{
    /// <summary>The stable code of a refusal.</summary>
    public static string CodeOf(SignInFailure failure) => failure switch
    {
        SignInFailure.Malformed => "sign-in-malformed",
        SignInFailure.OtherDomain => "sign-in-other-domain",
        SignInFailure.OtherChain => "sign-in-other-chain",
        SignInFailure.UnknownChallenge => "sign-in-unknown-challenge",
        SignInFailure.Expired => "sign-in-expired",
        SignInFailure.BadSignature => "sign-in-bad-signature",
        SignInFailure.UnknownAccount => "sign-in-unknown-account",
        SignInFailure.Replayed => "sign-in-replayed",
        SignInFailure.TooMany => "sign-in-too-many",
        SignInFailure.None => throw new ArgumentOutOfRangeException(nameof(failure), "A sign-in that was not refused has no code."),
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "Expected a refusal."),
    };

    /// <summary>One sentence for the caller.</summary>
    public static string TextOf(SignInFailure failure) => failure switch
    {
        SignInFailure.Malformed => "The message is not a sign-in message of EIP-4361.",
        SignInFailure.OtherDomain => "The message is for another domain or URI than this node's.",
        SignInFailure.OtherChain => "The message is for another ledger than this node's.",
        SignInFailure.UnknownChallenge => "The message is none that this node made since it started, or it was altered. Ask for a new one.",
        SignInFailure.Expired => "The message is too old. Ask for a new one.",
        SignInFailure.BadSignature => "The signature is not that of the account in the message. Sign with personal_sign (EIP-191).",
        SignInFailure.UnknownAccount => "The account belongs to no organisation of the consortium, or may not act for it now.",
        SignInFailure.Replayed => "The message was used before. Ask for a new one.",
        SignInFailure.TooMany => "The account signed in too often. Wait some minutes.",
        SignInFailure.None => throw new ArgumentOutOfRangeException(nameof(failure), "A sign-in that was not refused needs no words."),
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "Expected a refusal."),
    };
}
