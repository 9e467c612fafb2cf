using System.Text;
using System.Text.Json;
using Kip.ApiServer.FieldManagement;
using Kip.ApiServer.Patches;
using Kip.ApiServer.Registry.Metadata;
using Kip.ApiServer.Schema;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Autoscaling;
using Kip.Resources.Yaml;

namespace Kip.ApiServer.Http.Bodies;

/// <summary>The body of a server-side apply: a partial object, in YAML or JSON.</summary>
/// <param name="root">What of it may be applied here, known fields only.</param>
internal sealed class AppliedConfiguration(JsonElement root)
{
    public JsonElement Root => root;

    /// <summary>Reads the body of an apply to an object or its status.</summary>
    /// <exception cref="ApiException">400: it is malformed, of another kind or version, or does not fit the kind.</exception>
    public static async Task<AppliedConfiguration> ReadAsync(ApiCall call, KindDefinition kind, SchemaNode schema, string? subresource)
    {
        var body = await ReadDocumentAsync(call);
        ExpectKind(body, kind.ApiVersion, kind.Kind);
        if (body.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object
            && metadata.TryGetProperty("managedFields", out var managed) && !Shapes.IsEmpty(managed))
            throw ApiException.BadRequest("metadata.managedFields must be nil");
        return new(Checked(call, kind, Part(body, kind, subresource), schema));
    }

    /// <summary>Reads the body of an apply to the scale: the object's part that it stands for.</summary>
    /// <exception cref="ApiException">400: it is malformed or no Scale. 422: the number is negative.</exception>
    public static async Task<AppliedConfiguration> ReadScaleAsync(ApiCall call)
    {
        var body = await ReadDocumentAsync(call);
        ExpectKind(body, "autoscaling/v1", "Scale");
        var schema = SchemaBuilder.Of(typeof(Scale));
        var decoded = FieldDecoder.Decode(body, schema);
        if (decoded.TypeError is { } wrong) throw ApiException.BadRequest($"Scale in version \"v1\" cannot be handled as a Scale: {wrong}");
        var scale = JsonSerializer.Deserialize(decoded.Json, WireJson.Of<Scale>())!;
        if (scale.Spec.Replicas < 0)
            throw ApiException.Invalid(call.Kind, call.Name.Name,
            [
                new()
                {
                    Field = "spec.replicas", Reason = "FieldValueInvalid",
                    Message = $"Invalid value: {scale.Spec.Replicas}: must be greater than or equal to 0",
                },
            ]);
        return new(Written(writer =>
        {
            WriteHead(writer, body, call.Served);
            if (!body.TryGetProperty("spec", out var spec) || spec.ValueKind != JsonValueKind.Object || !spec.TryGetProperty("replicas", out _)) return;
            var path = CustomResources.CustomScale.StepsToReplicas(call.Served) ?? ["spec", "replicas"];
            foreach (var step in path[..^1]) writer.WriteStartObject(step);
            writer.WriteNumber(path[^1], scale.Spec.Replicas);
        }));
    }

    /// <summary>Refuses to apply to another object than the one that is meant.</summary>
    /// <exception cref="ApiException">409: the uid is another's.</exception>
    public void CheckIdentity(ApiCall call, Resource? present)
    {
        if (present is not null || TextOf("uid") is not { Length: > 0 } uid) return;
        throw ApiException.Conflict(call.Kind, call.Name.Name, $"uid mismatch: the provided object specified uid {uid}, and no existing object was found");
    }

    private string? TextOf(string field) =>
        root.TryGetProperty("metadata", out var metadata) && metadata.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    private static async Task<JsonElement> ReadDocumentAsync(ApiCall call)
    {
        var text = Encoding.UTF8.GetString((await RequestBody.ReadAsync(call.Http)).Span);
        try
        {
            var documents = text.AsSpan().TrimStart().StartsWith("{") ? JsonReader.Read(text) : YamlReader.Read(text);
            if (documents is not [{ Root: MapNode } document, ..])
                throw ApiException.BadRequest("error decoding YAML: the body of an apply is an object: send apiVersion, kind, metadata and what is wanted");
            if (document.Problems.Count > 0) Complain(call, [.. document.Problems.Select(static problem => $"line {problem.Line}: {problem.Message}")]);
            using var parsed = JsonTree.ParseDocument(NodeJson.Write(document.Root));
            // Half of a surrogate pair shows only when it is written.
            return Written(parsed.RootElement.WriteTo);
        }
        catch (DocumentException malformed)
        {
            throw ApiException.BadRequest($"error decoding YAML: line {malformed.Line}: {malformed.Message}");
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or ArgumentException)
        {
            throw ApiException.BadRequest($"error decoding YAML: {malformed.Message}");
        }
    }

    private static void ExpectKind(JsonElement body, string apiVersion, string kind)
    {
        var (saidVersion, saidKind) = (Text(body, "apiVersion"), Text(body, "kind"));
        if (saidVersion != apiVersion)
            throw ApiException.BadRequest($"Incorrect version specified in apply patch. Specified patch version: {saidVersion ?? ""}, expected: {apiVersion}");
        if (saidKind != kind) throw ApiException.BadRequest($"the kind in the data ({saidKind ?? ""}) does not match the expected kind ({kind})");
    }

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // Only what may be written where it is applied to: the object without its status, or the status alone.
    private static JsonElement Part(JsonElement body, KindDefinition kind, string? subresource)
    {
        if (subresource is null && (!kind.HasStatus || !body.TryGetProperty("status", out _))) return body;
        return Written(writer =>
        {
            if (subresource is null)
            {
                writer.WriteStartObject();
                foreach (var member in body.EnumerateObject())
                    if (member.Name != "status") member.WriteTo(writer);
            }
            else
            {
                WriteHead(writer, body, kind);
                if (body.TryGetProperty("status", out var status)) WriteMember(writer, "status", status);
            }
        });
    }

    private static void WriteHead(Utf8JsonWriter writer, JsonElement body, KindDefinition kind)
    {
        writer.WriteStartObject();
        writer.WriteString("apiVersion", kind.ApiVersion);
        writer.WriteString("kind", kind.Kind);
        writer.WriteStartObject("metadata");
        if (body.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object)
            foreach (var name in (ReadOnlySpan<string>)["name", "namespace", "uid", "resourceVersion"])
                if (metadata.TryGetProperty(name, out var value)) WriteMember(writer, name, value);
        writer.WriteEndObject();
    }

    private static void WriteMember(Utf8JsonWriter writer, string name, JsonElement value)
    {
        writer.WritePropertyName(name);
        value.WriteTo(writer);
    }

    private static JsonElement Checked(ApiCall call, KindDefinition kind, JsonElement configuration, SchemaNode schema)
    {
        if (FieldDecoder.Decode(configuration, schema).TypeError is { } wrong) throw ApplyFailures.NotTyped(kind, call.Name, [wrong]);
        var declared = new DeclaredFields();
        var known = Written(writer => declared.Write(writer, configuration, schema, ""));
        if (declared.Errors.Count > 0) throw ApplyFailures.NotTyped(kind, call.Name, declared.Errors);
        if (declared.Unknown.Count == 0) return configuration;
        if (ObjectDecoder.ValidationOf(call.Http) == "Strict")
            throw ApplyFailures.NotTyped(kind, call.Name, [.. declared.Unknown.Select(static path => $".{path}: field not declared in schema")]);
        Complain(call, [.. declared.Unknown.Select(static path => $"unknown field \"{path}\"")]);
        return known;
    }

    private static void Complain(ApiCall call, IReadOnlyList<string> about)
    {
        switch (ObjectDecoder.ValidationOf(call.Http))
        {
            case "Strict":
                throw ApiException.BadRequest($"error strict decoding YAML: {string.Join(", ", about)}");
            case "Warn":
                Warnings.Add(call.Http, about);
                break;
        }
    }

    private static JsonElement Written(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            write(writer);
            while (writer.CurrentDepth > 0) writer.WriteEndObject();
        }
        using var document = JsonTree.ParseDocument(buffer.ToArray());
        return document.RootElement.Clone();
    }
}
