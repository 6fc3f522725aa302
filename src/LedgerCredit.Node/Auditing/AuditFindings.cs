namespace LedgerCredit.Node.Auditing;

/// <summary>Collects findings up to a bound, so that a store full of damage gives a report that can be read.</summary>
internal sealed class AuditFindings(int max)
{
    private readonly List<AuditFinding> _findings = [];

    /// <summary>The findings in the order they were met.</summary>
    public IReadOnlyList<AuditFinding> All => _findings;

    /// <summary>Whether no further finding is kept.</summary>
    public bool IsFull => _findings.Count >= max;

    /// <summary>Notes a finding, if there is one.</summary>
    public void Add(AuditFinding? finding)
    {
        if (finding is not null && !IsFull)
        {
            _findings.Add(finding);
        }
    }
}
