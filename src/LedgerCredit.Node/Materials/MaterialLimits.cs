namespace LedgerCredit.Node.Materials;

/// <summary>How much of materials a node keeps.</summary>
public sealed record MaterialLimits
{
    /// <summary>The largest file in bytes.</summary>
    /// <value>64 MiB: more than any rule pack allows, for scans that are still to be cut down.</value>
    public long MaxFileBytes { get; init; } = 64L << 20;

    /// <summary>The most files of an organisation for a sanction.</summary>
    /// <value>64, as many as a repair package holds.</value>
    public int MaxPerSanction { get; init; } = 64;

    /// <summary>How large the files of an organisation for a sanction are together.</summary>
    /// <value>256 MiB.</value>
    public long MaxBytesPerSanction { get; init; } = 256L << 20;

    /// <summary>How large all files of an organisation are together.</summary>
    /// <value>4 GiB.</value>
    public long MaxBytesPerOrganisation { get; init; } = 4L << 30;

    /// <summary>How many files of an organisation are taken at the same time.</summary>
    /// <value>2.</value>
    public int MaxUploadsPerOrganisation { get; init; } = 2;

    /// <summary>How many files are taken at the same time in all.</summary>
    /// <value>16.</value>
    public int MaxUploads { get; init; } = 16;
}

/// <summary>How long a node keeps materials that their applicant does not delete. No statute says it; docs/spec/materials.md section 6 does.</summary>
public sealed record MaterialRetention
{
    /// <summary>What is in no case, from its upload.</summary>
    /// <value>90 days.</value>
    public TimeSpan OutsideCases { get; init; } = TimeSpan.FromDays(90);

    /// <summary>What was in a case, from the end of the last one: false material may be found out afterwards.</summary>
    /// <value>1,095 days, the longest publication of a sanction.</value>
    public TimeSpan AfterCases { get; init; } = TimeSpan.FromDays(1095);
}
