using Microsoft.AspNetCore.Http;

namespace LedgerCredit.Service.Problems;

/// <summary>One kind of problem that the API answers with (RFC 9457): its code is stable, its status and title belong to it.</summary>
/// <param name="Code">The stable code, the last part of the problem's type.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">What it is, in a few words.</param>
internal sealed record ProblemCode(string Code, int Status, string Title)
{
    internal static readonly ProblemCode MalformedRequest = new("malformed-request", StatusCodes.Status400BadRequest, "The request is malformed.");
    internal static readonly ProblemCode InvalidCursor = new("invalid-cursor", StatusCodes.Status400BadRequest, "The cursor is not one that this list gave.");
    internal static readonly ProblemCode PurposeMissing = new("purpose-missing", StatusCodes.Status400BadRequest, "The request does not say what it reads for.");
    internal static readonly ProblemCode NotSignedIn = new("not-signed-in", StatusCodes.Status401Unauthorized, "Nobody is signed in, or the sign-in is not valid any more.");
    internal static readonly ProblemCode SignInRefused = new("sign-in-refused", StatusCodes.Status401Unauthorized, "The sign-in is not accepted.");
    internal static readonly ProblemCode NotAllowed = new("not-allowed", StatusCodes.Status403Forbidden, "The caller may not do this.");
    internal static readonly ProblemCode DutyConflict = new("duty-conflict", StatusCodes.Status403Forbidden, "Somebody else has to do this.");
    internal static readonly ProblemCode NotFound = new("not-found", StatusCodes.Status404NotFound, "There is no such thing, or the caller may not see it.");
    internal static readonly ProblemCode WrongMethod = new("wrong-method", StatusCodes.Status405MethodNotAllowed, "The method is not one of this address.");
    internal static readonly ProblemCode TooSlow = new("too-slow", StatusCodes.Status408RequestTimeout, "The request came too slowly.");
    internal static readonly ProblemCode RecordConflict = new("record-conflict", StatusCodes.Status409Conflict, "Another record of this issuer, kind and id is in the log.");
    internal static readonly ProblemCode StepRefused = new("step-refused", StatusCodes.Status409Conflict, "The rules on the ledger do not allow the step, to this account or now.");
    internal static readonly ProblemCode TransactionRefused = new("transaction-refused", StatusCodes.Status409Conflict, "The ledger does not take the transaction.");
    internal static readonly ProblemCode NotAnchored = new("not-anchored", StatusCodes.Status409Conflict, "The record is not anchored on the ledger yet.");
    internal static readonly ProblemCode NoWitnesses = new("no-witnesses", StatusCodes.Status409Conflict, "The node has no witnesses, so that nothing is cosigned.");
    internal static readonly ProblemCode RulePackUnknown = new("rule-pack-unknown", StatusCodes.Status409Conflict, "The node does not know the rule pack.");
    internal static readonly ProblemCode MaterialLimit = new("material-limit", StatusCodes.Status409Conflict, "The node keeps no more materials of this organisation.");
    internal static readonly ProblemCode MaterialDecidedOn = new("material-decided-on", StatusCodes.Status409Conflict, "A case was decided on the material.");
    internal static readonly ProblemCode RecordErased = new("record-erased", StatusCodes.Status410Gone, "The record was erased, and stays erased.");
    internal static readonly ProblemCode TooLarge = new("too-large", StatusCodes.Status413PayloadTooLarge, "The request is too large.");
    internal static readonly ProblemCode WrongContentType = new("wrong-content-type", StatusCodes.Status415UnsupportedMediaType, "The content type is not one of this address.");
    internal static readonly ProblemCode InvalidRecord = new("invalid-record", StatusCodes.Status422UnprocessableEntity, "The record is not valid.");
    internal static readonly ProblemCode InvalidMaterial = new("invalid-material", StatusCodes.Status422UnprocessableEntity, "The file is not one that is kept.");
    internal static readonly ProblemCode InvalidTransaction = new("invalid-transaction", StatusCodes.Status422UnprocessableEntity, "The transaction is not one that is sent from here.");
    internal static readonly ProblemCode TooManyRequests = new("too-many-requests", StatusCodes.Status429TooManyRequests, "Too many requests.");
    internal static readonly ProblemCode Internal = new("internal", StatusCodes.Status500InternalServerError, "The service failed.");
    internal static readonly ProblemCode StoreDamaged = new("store-damaged", StatusCodes.Status500InternalServerError, "The store was altered or damaged; nothing of it is shown.");
    internal static readonly ProblemCode StoreUnavailable = new("store-unavailable", StatusCodes.Status503ServiceUnavailable, "The store cannot be used now.");
    internal static readonly ProblemCode SignInUnavailable = new("sign-in-unavailable", StatusCodes.Status503ServiceUnavailable, "The sign-in of staff cannot be checked now.");
    internal static readonly ProblemCode LedgerUnavailable = new("ledger-unavailable", StatusCodes.Status503ServiceUnavailable, "The ledger cannot be asked now.");

    /// <summary>What the <c>type</c> member of the answer says.</summary>
    internal string Type => $"urn:ledgercredit:problem:{Code}";
}
