namespace LedgerCredit.Fuzz.Tests.Targets;

/// <summary>Every parser of foreign bytes.</summary>
internal static class AllTargets
{
    private static readonly Lazy<IReadOnlyList<FuzzTarget>> Made = new(() =>
    [
        .. JsonTargets.Make(),
        .. RecordTargets.Make(),
        .. ImportTargets.Make(),
        .. LogTargets.Make(),
        .. EvidenceTargets.Make(),
        .. WitnessTargets.Make(),
        .. LedgerTargets.Make(),
        .. HeaderTargets.Make(),
        .. RpcTargets.Make(),
        .. ContractTargets.Make(),
        .. RepairTargets.Make(),
        .. WorkspaceTargets.Make(),
    ]);

    public static IReadOnlyList<FuzzTarget> All => Made.Value;
}
