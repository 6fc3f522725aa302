using LedgerCredit.Node.Materials;
using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Node.Workspaces;

/// <summary>How much of materials of repairs a node keeps, and for how long. What <c>workspace.json</c> does not say is as usual (docs/spec/materials.md sections 4 and 6).</summary>
public sealed record MaterialsConfig
{
    // An integer that JSON carries exactly: no disk is that large.
    private const ulong MostBytes = (1UL << 53) - 1;

    private const ulong LargestFile = 1UL << 30;
    private const ulong MostFiles = 10_000;
    private const ulong MostUploads = 1000;
    private const ulong MostDays = 36_500;

    /// <summary>How much is kept.</summary>
    public MaterialLimits Limits { get; init; } = new();

    /// <summary>For how long.</summary>
    public MaterialRetention Retention { get; init; } = new();

    internal static MaterialsConfig Read(JsonCursor materials)
    {
        materials.ObjectWith(
            [],
            ["maxFileBytes", "maxFilesPerSanction", "maxBytesPerSanction", "maxBytesPerOrganisation", "maxUploadsPerOrganisation", "maxUploads", "daysOutsideCases", "daysAfterCases"]);
        MaterialLimits usual = new();
        MaterialRetention usualTime = new();
        MaterialLimits limits = new()
        {
            MaxFileBytes = ReadNumber(materials, "maxFileBytes", LargestFile, usual.MaxFileBytes),
            MaxPerSanction = (int)ReadNumber(materials, "maxFilesPerSanction", MostFiles, usual.MaxPerSanction),
            MaxBytesPerSanction = ReadNumber(materials, "maxBytesPerSanction", MostBytes, usual.MaxBytesPerSanction),
            MaxBytesPerOrganisation = ReadNumber(materials, "maxBytesPerOrganisation", MostBytes, usual.MaxBytesPerOrganisation),
            MaxUploadsPerOrganisation = (int)ReadNumber(materials, "maxUploadsPerOrganisation", MostUploads, usual.MaxUploadsPerOrganisation),
            MaxUploads = (int)ReadNumber(materials, "maxUploads", MostUploads, usual.MaxUploads),
        };
        if (limits.MaxFileBytes > limits.MaxBytesPerSanction || limits.MaxBytesPerSanction > limits.MaxBytesPerOrganisation)
        {
            materials.Refuse("wrong-order", FormattableString.Invariant(
                $"Expected 'maxFileBytes', 'maxBytesPerSanction' and 'maxBytesPerOrganisation' to be none smaller than the one before, found {limits.MaxFileBytes}, {limits.MaxBytesPerSanction} and {limits.MaxBytesPerOrganisation}."));
        }

        if (limits.MaxUploadsPerOrganisation > limits.MaxUploads)
        {
            materials.Refuse("wrong-order", FormattableString.Invariant(
                $"Expected 'maxUploads' to be no smaller than 'maxUploadsPerOrganisation', found {limits.MaxUploads} and {limits.MaxUploadsPerOrganisation}."));
        }

        return new MaterialsConfig
        {
            Limits = limits,
            Retention = new MaterialRetention
            {
                OutsideCases = TimeSpan.FromDays(ReadNumber(materials, "daysOutsideCases", MostDays, (long)usualTime.OutsideCases.TotalDays)),
                AfterCases = TimeSpan.FromDays(ReadNumber(materials, "daysAfterCases", MostDays, (long)usualTime.AfterCases.TotalDays)),
            },
        };
    }

    internal JsonObject Write() => new(
        Number("maxFileBytes", Limits.MaxFileBytes),
        Number("maxFilesPerSanction", Limits.MaxPerSanction),
        Number("maxBytesPerSanction", Limits.MaxBytesPerSanction),
        Number("maxBytesPerOrganisation", Limits.MaxBytesPerOrganisation),
        Number("maxUploadsPerOrganisation", Limits.MaxUploadsPerOrganisation),
        Number("maxUploads", Limits.MaxUploads),
        Number("daysOutsideCases", (long)Retention.OutsideCases.TotalDays),
        Number("daysAfterCases", (long)Retention.AfterCases.TotalDays));

    private static JsonMember Number(string name, long value) => new(name, new JsonNumber(value));

    private static long ReadNumber(JsonCursor materials, string name, ulong most, long usual)
    {
        if (!materials.TryMember(name, out JsonCursor cursor))
        {
            return usual;
        }

        ulong value = cursor.SafeInteger();
        if (value is 0 || value > most)
        {
            cursor.Refuse("out-of-range", FormattableString.Invariant($"Expected a number from 1 to {most}."));
            return usual;
        }

        return (long)value;
    }
}
