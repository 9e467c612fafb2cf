using System.Text.Json;
using Kip.ApiServer.Http.Verbs;
using Kip.ApiServer.Schema;
using Kip.Resources;

namespace Kip.ApiServer.Http.Documents;

/// <summary>Writes what can be done with a kind's objects, for OpenAPI. kubectl looks here for how an object may be patched.</summary>
internal sealed class OpenApiOperations(Utf8JsonWriter writer, SchemaWriter schemas, KindDefinition kind, bool version3)
{
    /// <summary>Writes the kind's paths as members of the object that is open.</summary>
    public void Write()
    {
        var root = kind.Group.Length == 0 ? $"/api/{kind.Version}" : $"/apis/{kind.Group}/{kind.Version}";
        var collection = kind.Namespaced ? $"{root}/namespaces/{{namespace}}/{kind.Plural}" : $"{root}/{kind.Plural}";
        WritePath(collection, ("get", "list"), ("post", "post"), ("delete", "deletecollection"));
        if (kind.Namespaced) WritePath($"{root}/{kind.Plural}", ("get", "list"));
        WritePath($"{collection}/{{name}}", ("get", "get"), ("put", "put"), ("patch", "patch"), ("delete", "delete"));
        if (kind.HasScale) WritePath($"{collection}/{{name}}/scale", ("get", "get"), ("put", "put"), ("patch", "patch"));
        if (kind.HasStatus) WritePath($"{collection}/{{name}}/status", ("get", "get"), ("put", "put"), ("patch", "patch"));
    }

    private void WritePath(string path, params ReadOnlySpan<(string Method, string Action)> operations)
    {
        writer.WriteStartObject(path);
        foreach (var (method, action) in operations) WriteOperation(path, method, action);
        writer.WriteStartArray("parameters");
        if (path.Contains("{namespace}", StringComparison.Ordinal)) WriteParameter("namespace", "path", "The namespace.");
        if (path.Contains("{name}", StringComparison.Ordinal)) WriteParameter("name", "path", $"The {kind.Kind}'s name.");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteOperation(string path, string method, string action)
    {
        writer.WriteStartObject(method);
        writer.WriteString("description", $"{action} {kind.Plural}");
        writer.WriteString(
            "operationId", action + path.Replace('/', '_').Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal));
        WriteParameters(action);
        if (version3 && action is "post" or "put" or "patch") WriteBody(action);
        WriteResponses(action);
        writer.WriteString("x-kubernetes-action", action);
        writer.WritePropertyName("x-kubernetes-group-version-kind");
        SchemaWriter.WriteKind(writer, kind);
        writer.WriteEndObject();
    }

    private void WriteParameters(string action)
    {
        writer.WriteStartArray("parameters");
        if (action is "post" or "put" or "patch")
        {
            WriteParameter("dryRun", "query", "All: show what would be stored, and store nothing.");
            WriteParameter("fieldManager", "query", "The name of the client that writes.");
            WriteParameter("fieldValidation", "query", "What to do about unknown and repeated fields: Ignore, Warn (the default) or Strict.");
        }
        if (action is "list" or "deletecollection")
        {
            WriteParameter("labelSelector", "query", "Only objects whose labels match.");
            WriteParameter("fieldSelector", "query", "Only objects whose fields match.");
            WriteParameter("limit", "query", "At most so many; the rest under continue.");
            WriteParameter("continue", "query", "Where an earlier list ended.");
        }
        if (action == "list")
        {
            WriteParameter("watch", "query", "Follow the changes instead.");
            WriteParameter("resourceVersion", "query", "Follow the changes after this version.");
        }
        if (!version3 && action is "post" or "put" or "patch") WriteV2Body();
        writer.WriteEndArray();
    }

    private void WriteParameter(string name, string where, string description)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteString("in", where);
        writer.WriteString("description", description);
        if (where == "path") writer.WriteBoolean("required", true);
        if (version3) writer.WriteStartObject("schema");
        writer.WriteString("type", "string");
        if (version3) writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteBody(string action)
    {
        writer.WriteStartObject("requestBody");
        writer.WriteStartObject("content");
        foreach (var type in action == "patch" ? ResourcePatches.TypesOf(kind) : ["application/json"])
        {
            writer.WriteStartObject(type);
            writer.WritePropertyName("schema");
            if (action == "patch") WriteAnyObject();
            else schemas.WriteReference(ComponentNames.Of(kind));
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.WriteBoolean("required", true);
        writer.WriteEndObject();
    }

    private void WriteV2Body()
    {
        writer.WriteStartObject();
        writer.WriteString("name", "body");
        writer.WriteString("in", "body");
        writer.WriteBoolean("required", true);
        writer.WritePropertyName("schema");
        schemas.WriteReference(ComponentNames.Of(kind));
        writer.WriteEndObject();
    }

    private void WriteAnyObject()
    {
        writer.WriteStartObject();
        writer.WriteString("type", "object");
        writer.WriteEndObject();
    }

    private void WriteResponses(string action)
    {
        writer.WriteStartObject("responses");
        writer.WriteStartObject(action == "post" ? "201" : "200");
        writer.WriteString("description", "OK");
        if (version3)
        {
            writer.WriteStartObject("content");
            writer.WriteStartObject("application/json");
        }
        writer.WritePropertyName("schema");
        schemas.WriteReference(action is "list" or "deletecollection" ? ComponentNames.ListOf(kind) : ComponentNames.Of(kind));
        if (version3)
        {
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
