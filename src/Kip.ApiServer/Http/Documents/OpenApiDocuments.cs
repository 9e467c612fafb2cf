using System.Text.Json;
using Kip.ApiServer.Http.Bodies;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Schema;
using Kip.Client;
using Kip.Resources;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Http.Documents;

/// <summary>Answers <c>/openapi/v3</c>, one document per group and version, and <c>/openapi/v2</c>. Nothing is written before it is asked for.</summary>
internal sealed class OpenApiDocuments(KindCatalog kinds)
{
    private readonly DocumentCache<string> _documents = new(kinds);

    /// <summary>Answers an OpenAPI path. False when the path is none.</summary>
    /// <exception cref="ApiException">406: the client takes neither JSON nor, for version 2, protobuf. 405: it does not read.</exception>
    public async Task<bool> TryAnswerAsync(HttpContext http, string path)
    {
        if (!path.StartsWith("/openapi/", StringComparison.Ordinal)) return false;
        var document = path.TrimEnd('/') switch
        {
            "/openapi/v3" => _documents.Now.GetOrAdd("index", _ => Document.Write(WriteIndex)),
            "/openapi/v2" => V2(http),
            var other => other.StartsWith("/openapi/v3/", StringComparison.Ordinal) ? V3(other["/openapi/v3/".Length..]) : null,
        };
        if (document is null) return false;
        if (!HttpMethods.IsGet(http.Request.Method)) throw RequestPipeline.MethodNotAllowed();
        if (http.Request.Query.Text("hash") is { } hash && !TryKeepFor(http, path, hash, document)) return true;
        await document.SendAsync(http);
        return true;
    }

    /// <summary>
    /// The index names documents together with their hash: such a one never changes and may be kept for good. False: it was changed since, and
    /// the client is sent to what it is now.
    /// </summary>
    private static bool TryKeepFor(HttpContext http, string path, string hash, Document document)
    {
        if (hash == document.Hash)
        {
            http.Response.Headers.CacheControl = "public, immutable";
            return true;
        }
        http.Response.StatusCode = StatusCodes.Status301MovedPermanently;
        http.Response.Headers.Location = $"{path}?hash={document.Hash}";
        return false;
    }

    private Document? V3(string root)
    {
        var group = kinds.Served.Where(kind => RootOf(kind) == root).ToList();
        return group.Count == 0 ? null : _documents.Now.GetOrAdd(root, _ => Document.Write(writer => WriteV3(writer, group)));
    }

    private Document V2(HttpContext http)
    {
        var json = _documents.Now.GetOrAdd("v2", _ => Document.Write(WriteV2));
        var accept = http.Request.Headers.Accept.ToString();
        if (!accept.Contains(OpenApiProtobuf.Accepted, StringComparison.Ordinal))
        {
            AcceptedForm.OfObjects(accept);
            return json;
        }
        return _documents.Now.GetOrAdd("v2.pb", _ =>
        {
            using var document = JsonDocument.Parse(json.Content, new JsonDocumentOptions { MaxDepth = 2 * WireJson.MaxDepth });
            return new Document(OpenApiProtobuf.Write(document.RootElement), OpenApiProtobuf.ContentType);
        });
    }

    private void WriteIndex(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("paths");
        foreach (var root in kinds.Served.Select(RootOf).Distinct())
        {
            writer.WriteStartObject(root);
            writer.WriteString("serverRelativeURL", $"/openapi/v3/{root}?hash={V3(root)!.Hash}");
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteV3(Utf8JsonWriter writer, IReadOnlyList<KindDefinition> group)
    {
        writer.WriteStartObject();
        writer.WriteString("openapi", "3.0.0");
        WriteInfo(writer);
        writer.WriteStartObject("paths");
        var schemas = new SchemaWriter(writer, "#/components/schemas/");
        foreach (var kind in group) new OpenApiOperations(writer, schemas, kind, version3: true).Write();
        writer.WriteEndObject();
        writer.WriteStartObject("components");
        writer.WriteStartObject("schemas");
        schemas.WriteComponents(group);
        writer.WriteEndObject();
        writer.WriteStartObject("securitySchemes");
        WriteBearer(writer, "http");
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteV2(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("swagger", "2.0");
        WriteInfo(writer);
        writer.WriteStartObject("paths");
        var schemas = new SchemaWriter(writer, "#/definitions/");
        foreach (var kind in kinds.Served) new OpenApiOperations(writer, schemas, kind, version3: false).Write();
        writer.WriteEndObject();
        writer.WriteStartObject("definitions");
        schemas.WriteComponents(kinds.Served);
        writer.WriteEndObject();
        writer.WriteStartObject("securityDefinitions");
        WriteBearer(writer, "apiKey");
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteInfo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("info");
        writer.WriteString("title", "Kip");
        writer.WriteString("version", VersionDocument.GitVersion);
        writer.WriteEndObject();
    }

    private static void WriteBearer(Utf8JsonWriter writer, string type)
    {
        writer.WriteStartObject("BearerToken");
        writer.WriteString("type", type);
        writer.WriteString("description", "The token in the kubeconfig.");
        if (type == "http") writer.WriteString("scheme", "bearer");
        else
        {
            writer.WriteString("name", "authorization");
            writer.WriteString("in", "header");
        }
        writer.WriteEndObject();
    }

    private static string RootOf(KindDefinition kind) => kind.Group.Length == 0 ? $"api/{kind.Version}" : $"apis/{kind.Group}/{kind.Version}";
}
