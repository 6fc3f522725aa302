using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using LedgerCredit.Primitives.Json;
using LedgerCredit.Service.Hosting;
using LedgerCredit.Service.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LedgerCredit.Service.Repair;

/// <summary>Answers about repair, which are what the command line says with <c>--json</c>, as the models of the API.</summary>
internal static class RepairJson
{
    private const string English = "en";
    private const string Chinese = "zh";

    /// <summary>Reads a model from what the screens write; a member that the model lacks, or lacks in the JSON, is a bug here.</summary>
    internal static T Read<T>(JsonObject json)
        where T : class =>
        JsonSerializer.Deserialize<T>(JsonText.WriteLine(json), ServiceJson.Options) ?? throw new UnreachableException("An object is not null.");

    /// <summary>Reads in which language sentences are asked for; English where nothing is said.</summary>
    internal static bool TryReadLanguage(string? lang, [NotNullWhen(true)] out string? language, [NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        language = lang switch
        {
            null or English => English,
            Chinese => Chinese,
            _ => null,
        };
        problem = language is null ? Problem.Of(ProblemCode.MalformedRequest, $"Expected '{English}' or '{Chinese}' in 'lang'.") : null;
        return problem is null;
    }
}
