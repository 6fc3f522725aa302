using LedgerCredit.Client.Models;
using LedgerCredit.Contracts;
using LedgerCredit.Evidence;
using LedgerCredit.Node.LedgerIndex;
using LedgerCredit.Node.RepairSteps;
using LedgerCredit.Primitives;

namespace LedgerCredit.Service.Repair;

/// <summary>Makes call data of a request whose members <see cref="RepairStepForm"/> has found complete.</summary>
/// <param name="request">The request; its values are foreign.</param>
/// <param name="index">The index, for cases and the names of organisations.</param>
internal sealed class RepairStepEncoder(RepairStepRequest request, LedgerIndexReader index)
{
    private const int MaxMaterials = 64;
    private const int MaxScore = 100;

    /// <summary>What is wrong with a value; null where nothing is. After a problem the call data mean nothing.</summary>
    internal string? Problem { get; private set; }

    /// <summary>Call data of a step of a case.</summary>
    internal byte[] Encode(IndexedCase indexed)
    {
        ulong caseId = indexed.CaseId;
        return request.Step switch
        {
            "supplement" => RepairDeskContract.EncodeSupplement(caseId, Materials()),
            "withdraw" => RepairDeskContract.EncodeWithdraw(caseId),
            "accept" => RepairDeskContract.EncodeAccept(caseId),
            "ask" => RepairDeskContract.EncodeAskSupplement(caseId, Kinds(), Statement()),
            "confirm" => RepairDeskContract.EncodeConfirm(caseId, request.TakeBack != true, Statement()),
            "refuse" => RepairDeskContract.EncodeRefuse(caseId, Statement()),
            "approve" => RepairDeskContract.EncodeApprove(caseId, Hash("materialsHash", request.MaterialsHash), Score()),
            "object" => RepairDeskContract.EncodeObject(caseId, Statement()),
            "resolve" => RepairDeskContract.EncodeResolve(caseId, Objector(), request.Uphold == true, Statement()),
            "trigger" => RepairDeskContract.EncodeTrigger(caseId),
            "escalate" when request.Objector is null => RepairDeskContract.EncodeEscalate(caseId),
            "escalate" => RepairDeskContract.EncodeEscalateObjection(caseId, Objector()),
            "revoke" => RepairDeskContract.EncodeRevoke(caseId, Findings(indexed)),
            _ => throw new ArgumentException("Expected a step of a case.", nameof(indexed)),
        };
    }

    /// <summary>Call data of a step that is shown a sanction.</summary>
    internal byte[] Encode(PresentedSanction presented) => request.Step switch
    {
        "open" => RepairDeskContract.EncodeOpen(presented.Sanction, presented.Entry, Materials()),
        "annul" => RepairDeskContract.EncodeAnnul(presented.Sanction, presented.Entry, FindCaseUnderWay(presented.LeafHash), Statement()),
        "shield" => RepairDeskContract.EncodeShield(presented.Sanction, presented.Entry, Statement()),
        "unshield" => RepairDeskContract.EncodeUnshield(presented.Sanction, Statement()),
        _ => throw new ArgumentException("Expected a step that takes a sanction.", nameof(presented)),
    };

    // The case that ends with the sanction, or 0.
    private ulong FindCaseUnderWay(Bytes32 leafHash) =>
        index.FindCases(leafHash) is [.., ulong newest] && index.FindCase(newest) is { IsUnderWay: true } ? newest : 0;

    // Who turns the second key agrees to exactly the proposal that is pending.
    private Bytes32 Findings(IndexedCase indexed) =>
        request.Statement is not null ? Statement()
        : indexed.Revocation is IndexedRevocation pending ? pending.Findings
        : Refuse<Bytes32>("Nobody has proposed to revoke this repair: propose it with the digest of the findings as 'statement'.");

    private RepairMaterial[] Materials()
    {
        IReadOnlyList<RepairMaterialDigest> materials = request.Materials!;
        if (materials.Count > MaxMaterials)
        {
            return Refuse<RepairMaterial[]>($"Expected at most {MaxMaterials} materials.") ?? [];
        }

        List<RepairMaterial> read = [];
        foreach (RepairMaterialDigest? material in materials)
        {
            if (material is null || !RuleMaterial.TryParseCode(material.Code, out int kind))
            {
                return Refuse<RepairMaterial[]>($"Expected a 'code' of D01 to D{RuleMaterial.MaxKind} in each of 'materials'.") ?? [];
            }

            read.Add(new RepairMaterial((byte)kind, Hash("digest", material.Digest)));
        }

        return [.. read];
    }

    private ulong Kinds()
    {
        ulong kinds = 0;
        foreach (string? code in request.Kinds!)
        {
            if (!RuleMaterial.TryParseCode(code, out int kind))
            {
                return Refuse<ulong>($"Expected codes of D01 to D{RuleMaterial.MaxKind} in 'kinds'.");
            }

            kinds |= 1UL << kind;
        }

        return kinds != 0 ? kinds : Refuse<ulong>("Expected at least one code in 'kinds'.");
    }

    private byte Score() => request.Score is null or (>= 0 and <= MaxScore) ? (byte)(request.Score ?? 0) : Refuse<byte>($"Expected a 'score' of 0 to {MaxScore}.");

    private Bytes32 Objector()
    {
        if (!IssuerSlug.IsValid(request.Objector))
        {
            return Refuse<Bytes32>("Expected the slug of an organisation in 'objector'.");
        }

        Bytes32 organisation = ConsortiumContract.OrganisationId(request.Objector);
        return index.FindSlug(organisation) is not null ? organisation : Refuse<Bytes32>("The consortium has no organisation of the slug in 'objector'.");
    }

    private Bytes32 Statement() => Hash("statement", request.Statement);

    private Bytes32 Hash(string name, string? text) =>
        Bytes32.TryParseHex(text, out Bytes32 hash) && hash != Bytes32.Zero
            ? hash
            : Refuse<Bytes32>($"Expected a hash in '{name}', not zero: 0x and 64 lower-case hex digits.");

    private T? Refuse<T>(string problem)
    {
        Problem ??= problem;
        return default;
    }
}
