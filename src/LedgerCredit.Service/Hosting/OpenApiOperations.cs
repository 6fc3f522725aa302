using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using LedgerCredit.Node.Access;
using LedgerCredit.Service.Callers;
using LedgerCredit.Service.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LedgerCredit.Service.Hosting;

/// <summary>What the description says of every operation: who may call it, what a reader states, and the problems that any of them can have.</summary>
internal sealed class OpenApiOperations : IOpenApiOperationTransformer
{
    /// <summary>The name of the scheme in <c>components</c>.</summary>
    internal const string Bearer = "bearer";

    private const string ProblemContent = "application/problem+json";
    private const string Unavailable = "503";
    private const string ProblemSchema = "ProblemDetails";

    // The same name means the same at every address.
    private static readonly Dictionary<string, string> Parameters = new(StringComparer.Ordinal)
    {
        ["issuer"] = "The slug of the member whose log it is.",
        ["leafIndex"] = "The index of the record in the log of its issuer, from 0.",
        ["rest"] = "The rest of the path of a tile, by C2SP tlog-tiles: `<level>/<index>`, `entries/<index>`, with `.p/<width>` for a partial one.",
        ["number"] = "Its number, as it was given when it was made.",
        ["id"] = "Its id, as it was given when it was made.",
        ["sanction"] = "The leaf hash of the sanction: 0x and 64 lower-case hex digits.",
        ["code"] = "The kind of the material, by the rule pack of the sanction.",
        ["LedgerCredit-Material-Salt"] = "The salt of the material's digest: 0x and 64 lower-case hex digits. Without it the node draws one.",
        ["case"] = "The number of the case at the repair desk, from 1.",
        ["hash"] = "The hash of the transaction: 0x and 64 lower-case hex digits.",
        ["cursor"] = "The `next` of the page before; absent for the first page.",
        ["limit"] = "The most items of a page.",
        ["lang"] = "The language of sentences: `en` (where it is absent) or `zh`.",
        ["corrected"] = "Whether the decision orders a rectification, and it is done.",
        ["witnessed"] = "Whether the file is to have the cosignatures of the node's witnesses.",
        ["status"] = "Whether the file is to prove the repair status of the sanction; no other record has one.",
        ["witnesses"] = "How many of the node's witnesses the policy asks for; 0, where it is absent, for one without witnesses.",
        ["agent"] = "Whether an agent applies for the subject.",
    };

    // Where an operation has an answer of the status at all.
    private static readonly AnswerHeader[] Everywhere =
    [
        new(StatusCodes.Status201Created, "Location"),
        new(StatusCodes.Status401Unauthorized, "WWW-Authenticate"),
        new(StatusCodes.Status429TooManyRequests, "Retry-After"),
    ];

    /// <inheritdoc/>
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        IList<object> metadata = context.Description.ActionDescriptor.EndpointMetadata;
        AccessPolicy policy = metadata.OfType<AccessPolicy>().Last();
        AddSecurity(operation, policy, context.Document!);
        foreach (OpenApiParameter parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
        {
            parameter.Description ??= Parameters.GetValueOrDefault(parameter.Name!);
        }

        if (metadata.OfType<ReadsForPurpose>().Any())
        {
            AddPurpose(operation, policy);
        }

        AddContents(operation, metadata.OfType<IProducesResponseTypeMetadata>(), context.Document!);
        if (policy.Kind != AccessPolicyKind.Public)
        {
            AddProblem(operation, ProblemCode.NotSignedIn, context.Document!);
            AddProblem(operation, ProblemCode.TooManyRequests, context.Document!);
            if (operation.Responses?.ContainsKey(Unavailable) != true)
            {
                AddProblem(operation, ProblemCode.StoreUnavailable, context.Document!);
            }

            operation.Responses![Unavailable].Description = "The store, the ledger or the sign-in of staff cannot be used now: `code` says which.";
            OpenApiAnswers.AddHeader(operation, StatusCodes.Status503ServiceUnavailable, "Retry-After");
        }

        if (policy.Kind == AccessPolicyKind.Scope)
        {
            AddProblem(operation, ProblemCode.NotAllowed, context.Document!);
        }

        OpenApiAnswers.AddForm(operation, [.. metadata.OfType<FormPart>()]);
        if (metadata.OfType<BodyExample>().LastOrDefault() is BodyExample example)
        {
            OpenApiAnswers.AddExample(operation, example);
        }

        foreach (AnswerHeader header in metadata.OfType<AnswerHeader>().Concat(Everywhere))
        {
            OpenApiAnswers.AddHeader(operation, header.Status, header.Name);
        }

        return Task.CompletedTask;
    }

    /// <summary>Gives the schema of problems the members that they have here.</summary>
    internal static void DescribeProblem(OpenApiSchema schema)
    {
        schema.Description = "A problem by RFC 9457. Programs go by `code`; the texts are for people and may change.";
        schema.Properties!["type"] = Text("`urn:ledgercredit:problem:` and the code.");
        schema.Properties["title"] = Text("What kind of problem it is.");
        schema.Properties["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The status of the answer." };
        schema.Properties["detail"] = Text("What was expected, what was found and what to do. It shows nothing of a record.");
        schema.Properties.Remove("instance");
        OpenApiSchema code = Text("Stable. One of:\n\n" + string.Join('\n', Codes().Select(code => string.Create(CultureInfo.InvariantCulture, $"- `{code.Code}` ({code.Status}): {code.Title}"))));
        code.Enum = [.. Codes().Select(known => JsonValue.Create(known.Code))];
        schema.Properties["code"] = code;
        schema.Properties["reason"] = Text("A stable code of the reason, where the code has several.");
        schema.Properties["issues"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Array,
            Description = "The places in the request, each with a stable `code`, a JSON pointer `path` and a `message`; only where there are some.",
            Items = new OpenApiSchema { Type = JsonSchemaType.Object },
        };
        schema.Properties["traceId"] = Text("Names the request in the node's log, for whoever looks there into what failed. It differs from answer to answer, and says nothing else.");
        schema.Required = new HashSet<string>(["type", "title", "status", "code"]);
    }

    private static void AddSecurity(OpenApiOperation operation, AccessPolicy policy, OpenApiDocument document)
    {
        OpenApiSecurityRequirement signedIn = new() { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] };
        operation.Security = policy.Kind switch
        {
            AccessPolicyKind.Public => [],
            AccessPolicyKind.Anybody => [new OpenApiSecurityRequirement(), signedIn],
            _ => [signedIn],
        };
        string who = policy.Kind switch
        {
            AccessPolicyKind.Public => "For anybody.",
            AccessPolicyKind.Anybody => "For anybody; who signs in may see more.",
            AccessPolicyKind.SignedIn => "For whoever is signed in.",
            _ => $"Scope: {string.Join(" or ", policy.Scopes.Select(scope => $"`{scope}`"))}.",
        };
        operation.Description = operation.Description is null ? who : $"{operation.Description.TrimEnd()}\n\n{who}";
    }

    private static void AddPurpose(OpenApiOperation operation, AccessPolicy policy)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = PurposeHeader.Name,
            In = ParameterLocation.Header,
            Required = policy.Kind != AccessPolicyKind.Anybody,
            Description = "What the caller reads for. It is logged, and shown to the subject. Needed from whoever is signed in.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. Purposes.All.Select(purpose => JsonValue.Create(purpose))] },
        });
    }

    // Two contents of one status: only one of them is taken over from the endpoint by itself.
    private static void AddContents(OpenApiOperation operation, IEnumerable<IProducesResponseTypeMetadata> produced, OpenApiDocument document)
    {
        foreach (IProducesResponseTypeMetadata answer in produced)
        {
            string status = answer.StatusCode.ToString(CultureInfo.InvariantCulture);
            if (operation.Responses!.TryGetValue(status, out IOpenApiResponse? response) && response.Content is { Count: > 0 } contents && answer.Type is not null)
            {
                foreach (string content in answer.ContentTypes)
                {
                    contents.TryAdd(content, new OpenApiMediaType { Schema = new OpenApiSchemaReference(answer.Type.Name, document) });
                }
            }
        }
    }

    private static void AddProblem(OpenApiOperation operation, ProblemCode code, OpenApiDocument document)
    {
        string status = code.Status.ToString(CultureInfo.InvariantCulture);
        operation.Responses ??= [];
        operation.Responses[status] = new OpenApiResponse
        {
            Description = code.Title,
            Content = new Dictionary<string, OpenApiMediaType> { [ProblemContent] = new() { Schema = new OpenApiSchemaReference(ProblemSchema, document) } },
        };
    }

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };

    private static IEnumerable<ProblemCode> Codes() =>
        typeof(ProblemCode).GetFields(BindingFlags.Static | BindingFlags.NonPublic).Select(field => field.GetValue(null)).OfType<ProblemCode>();
}
