using LedgerCredit.Primitives.Json;

namespace LedgerCredit.Evidence;

/// <summary>The optional claim <c>subjectType</c>: what sort of subject a record is about.</summary>
public static class SubjectTypes
{
    /// <summary>The name of the claim.</summary>
    public const string Claim = "subjectType";

    /// <summary>A legal person (法人).</summary>
    public const string LegalPerson = "legal-person";

    /// <summary>An organisation without legal personality (非法人组织).</summary>
    public const string Unincorporated = "unincorporated";

    /// <summary>An individual business (个体工商户).</summary>
    public const string IndividualBusiness = "individual-business";

    /// <summary>A natural person (自然人): refused unless <see cref="RecordRules.AllowNaturalPersons"/>.</summary>
    public const string NaturalPerson = "natural-person";

    internal const string All = $"'{LegalPerson}', '{Unincorporated}', '{IndividualBusiness}', '{NaturalPerson}'";

    /// <summary>What the claim says.</summary>
    internal enum Recognition
    {
        /// <summary>There is no such claim.</summary>
        Absent,

        /// <summary>One of the types above but the natural person.</summary>
        Organisation,

        /// <summary>The natural person.</summary>
        NaturalPerson,

        /// <summary>Some other value.</summary>
        Unknown,
    }

    /// <summary>Reads the claim.</summary>
    /// <remarks>
    /// Another spelling of the natural person (upper case, underscore, blank) counts as one, so that a slip of an
    /// importer does not publish a person.
    /// </remarks>
    internal static Recognition Recognize(JsonObject claims)
    {
        JsonValue? value = claims.Find(Claim);
        if (value is null)
        {
            return Recognition.Absent;
        }

        string? type = (value as JsonString)?.Value;
        if (type is LegalPerson or Unincorporated or IndividualBusiness)
        {
            return Recognition.Organisation;
        }

        string? usual = type?.Trim().ToLowerInvariant().Replace('_', '-').Replace(' ', '-');
        return usual is NaturalPerson or "自然人" ? Recognition.NaturalPerson : Recognition.Unknown;
    }
}
