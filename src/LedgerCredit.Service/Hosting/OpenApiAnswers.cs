using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.OpenApi;

namespace LedgerCredit.Service.Hosting;

/// <summary>A header that an endpoint answers with, beside those that all have.</summary>
/// <param name="Status">The status of the answers that have it.</param>
/// <param name="Name">Its name.</param>
internal sealed record AnswerHeader(int Status, string Name);

/// <summary>A part of a body of <c>multipart/form-data</c> that an endpoint takes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is.</param>
/// <param name="ContentType">Of what type it is.</param>
/// <param name="IsNeeded">Whether it may not be absent.</param>
internal sealed record FormPart(string Name, string Description, string ContentType, bool IsNeeded);

/// <summary>What the body of a request may look like.</summary>
/// <param name="Body">A body that the endpoint takes.</param>
internal sealed record BodyExample(JsonNode Body);

/// <summary>Makes the description say of answers what is in them.</summary>
internal static class OpenApiAnswers
{
    private const string Form = "multipart/form-data";

    private static readonly Dictionary<string, string> Headers = new(StringComparer.Ordinal)
    {
        ["Location"] = "The address of what was made or begun.",
        ["Retry-After"] = "In how many seconds to ask again, where that is known.",
        ["ETag"] = "Names the content: with `If-None-Match` it is sent only where it is another.",
        ["WWW-Authenticate"] = "`Bearer`.",
    };

    /// <summary>Says that the endpoint answers with a header.</summary>
    internal static TBuilder WithAnswerHeader<TBuilder>(this TBuilder builder, string name, params int[] statuses)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            foreach (int status in statuses)
            {
                endpoint.Metadata.Add(new AnswerHeader(status, name));
            }
        });
        return builder;
    }

    /// <summary>Says what a part of the endpoint's form is.</summary>
    internal static TBuilder WithFormPart<TBuilder>(this TBuilder builder, FormPart part)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(part));
        return builder;
    }

    /// <summary>Shows what the body of a request may look like.</summary>
    /// <param name="builder">The endpoint.</param>
    /// <param name="json">A body that it takes.</param>
    internal static TBuilder WithExample<TBuilder>(this TBuilder builder, [StringSyntax(StringSyntaxAttribute.Json)] string json)
        where TBuilder : IEndpointConventionBuilder
    {
        BodyExample example = new(JsonNode.Parse(json)!);
        builder.Add(endpoint => endpoint.Metadata.Add(example));
        return builder;
    }

    /// <summary>Shows an operation's example beside each JSON content of its body.</summary>
    internal static void AddExample(OpenApiOperation operation, BodyExample example)
    {
        foreach ((string _, OpenApiMediaType content) in (operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>()).Where(content => content.Key == "application/json"))
        {
            content.Example = example.Body.DeepClone();
        }
    }

    /// <summary>Describes a header of an operation's answers.</summary>
    internal static void AddHeader(OpenApiOperation operation, int status, string name)
    {
        if (operation.Responses?.GetValueOrDefault(status.ToString(CultureInfo.InvariantCulture)) is OpenApiResponse response)
        {
            response.Headers ??= new Dictionary<string, IOpenApiHeader>();
            response.Headers[name] = new OpenApiHeader
            {
                Description = Headers[name],
                Schema = new OpenApiSchema { Type = name == "Retry-After" ? JsonSchemaType.Integer : JsonSchemaType.String },
            };
        }
    }

    /// <summary>Describes the parts of an operation's form.</summary>
    internal static void AddForm(OpenApiOperation operation, IReadOnlyList<FormPart> parts)
    {
        if (parts.Count == 0 || operation.RequestBody?.Content is not { } contents || !contents.TryGetValue(Form, out OpenApiMediaType? form))
        {
            return;
        }

        form.Schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = parts.ToDictionary(
                part => part.Name,
                part => (IOpenApiSchema)new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary", Description = part.Description }),
            Required = parts.Where(part => part.IsNeeded).Select(part => part.Name).ToHashSet(),
        };
        form.Encoding = parts.ToDictionary(part => part.Name, part => new OpenApiEncoding { ContentType = part.ContentType });
    }

    /// <summary>Takes from the schemas of answers that what may be absent is required, or null.</summary>
    /// <remarks>
    /// The exporter goes by what reading wants, where each parameter of a constructor without a default is needed. For bodies of requests that is so; in
    /// answers, null is left out.
    /// </remarks>
    internal static void LeaveOutNull(OpenApiDocument document)
    {
        IEnumerable<OpenApiOperation> operations = document.Paths.Values.SelectMany(path => path.Operations ?? []).Select(operation => operation.Value);
        HashSet<string> read = [];
        foreach (OpenApiMediaType body in operations.SelectMany(operation => operation.RequestBody?.Content?.Values ?? []))
        {
            Reach(body.Schema, document, read);
        }

        foreach ((string name, IOpenApiSchema component) in document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (!read.Contains(name) && component is OpenApiSchema { Properties: not null } schema)
            {
                foreach (string member in schema.Properties.Keys.ToArray())
                {
                    if (WithoutNull(schema.Properties[member]) is IOpenApiSchema present)
                    {
                        schema.Properties[member] = present;
                        schema.Required?.Remove(member);
                    }
                }
            }
        }
    }

    // Null where the schema does not take null as it is.
    private static IOpenApiSchema? WithoutNull(IOpenApiSchema schema)
    {
        if (schema is OpenApiSchema { OneOf: { Count: 2 } either } && either.Any(IsNull))
        {
            return either.First(one => !IsNull(one));
        }

        if (schema is OpenApiSchema { Type: JsonSchemaType type } plain && type.HasFlag(JsonSchemaType.Null))
        {
            plain.Type = type & ~JsonSchemaType.Null;
            return plain;
        }

        return null;
    }

    private static bool IsNull(IOpenApiSchema schema) => schema.Type == JsonSchemaType.Null;

    private static void Reach(IOpenApiSchema? schema, OpenApiDocument document, HashSet<string> reached)
    {
        if (schema is OpenApiSchemaReference reference)
        {
            if (reference.Reference.Id is string name && reached.Add(name) && document.Components?.Schemas?.TryGetValue(name, out IOpenApiSchema? named) == true)
            {
                Reach(named, document, reached);
            }
        }
        else if (schema is not null)
        {
            foreach (IOpenApiSchema? part in (IOpenApiSchema?[])[.. schema.Properties?.Values ?? [], .. schema.OneOf ?? [], .. schema.AnyOf ?? [], .. schema.AllOf ?? [], schema.Items, schema.AdditionalProperties])
            {
                Reach(part, document, reached);
            }
        }
    }
}
