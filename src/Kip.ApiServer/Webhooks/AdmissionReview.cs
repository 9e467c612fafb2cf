using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.ApiServer.Patches;
using Kip.Resources;
using Kip.Rules.Access;
using Kip.Rules.Admission.Webhooks;

namespace Kip.ApiServer.Webhooks;

/// <summary>A question to webhooks as <c>admission.k8s.io/v1</c> has it: what is about to be stored, in place of what, and who asks.</summary>
/// <param name="Target">Which write it is.</param>
/// <param name="Object">As it would be stored; null for a deletion.</param>
/// <param name="Old">As it is stored; null for a creation.</param>
internal sealed record AdmissionReview(WebhookTarget Target, Resource? Object, Resource? Old, UserInfo User, bool DryRun)
{
    /// <summary>The question as a webhook is sent it.</summary>
    /// <param name="kind">The version in which the webhook sees the objects.</param>
    public ReadOnlyMemory<byte> Write(string uid, KindDefinition kind) => CompactJson.Written((this, uid, kind), static (writer, asked) =>
    {
        var (review, uid, kind) = asked;
        writer.WriteStartObject();
        writer.WriteString("kind", "AdmissionReview");
        writer.WriteString("apiVersion", "admission.k8s.io/v1");
        writer.WriteStartObject("request");
        writer.WriteString("uid", uid);
        review.WriteWhat(writer, kind);
        review.WriteUser(writer);
        review.WriteObjects(writer, kind);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }).Utf8;

    private void WriteWhat(Utf8JsonWriter writer, KindDefinition kind)
    {
        WriteKind(writer, "kind", kind);
        WriteResource(writer, "resource", kind);
        WriteKind(writer, "requestKind", Target.Requested);
        WriteResource(writer, "requestResource", Target.Requested);
        if (Target.Subresource is { } side)
        {
            writer.WriteString("subResource", side);
            writer.WriteString("requestSubResource", side);
        }
        var meta = (Object ?? Old)!.Metadata;
        writer.WriteString("name", meta.Name);
        if (meta.Namespace.Length > 0) writer.WriteString("namespace", meta.Namespace);
        writer.WriteString("operation", Target.Operation);
        writer.WriteBoolean("dryRun", DryRun);
        writer.WriteStartObject("options");
        writer.WriteString("kind", Target.Operation switch { "CREATE" => "CreateOptions", "DELETE" => "DeleteOptions", _ => "UpdateOptions" });
        writer.WriteString("apiVersion", "meta.k8s.io/v1");
        writer.WriteEndObject();
    }

    private void WriteUser(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("userInfo");
        writer.WriteString("username", User.Name);
        if (User.Uid.Length > 0) writer.WriteString("uid", User.Uid);
        writer.WriteStartArray("groups");
        foreach (var group in User.Groups) writer.WriteStringValue(group);
        writer.WriteEndArray();
        if (User.Extra.Count > 0)
        {
            writer.WriteStartObject("extra");
            foreach (var (key, values) in User.Extra)
            {
                writer.WriteStartArray(key);
                foreach (var value in values) writer.WriteStringValue(value);
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private void WriteObjects(Utf8JsonWriter writer, KindDefinition kind)
    {
        WriteObject("object", Object);
        WriteObject("oldObject", Old);

        void WriteObject(string name, Resource? resource)
        {
            writer.WritePropertyName(name);
            if (resource is null) writer.WriteNullValue();
            else kind.Write(writer, resource);
        }
    }

    private static void WriteKind(Utf8JsonWriter writer, string name, KindDefinition kind)
    {
        writer.WriteStartObject(name);
        writer.WriteString("group", kind.Group);
        writer.WriteString("version", kind.Version);
        writer.WriteString("kind", kind.Kind);
        writer.WriteEndObject();
    }

    private static void WriteResource(Utf8JsonWriter writer, string name, KindDefinition kind)
    {
        writer.WriteStartObject(name);
        writer.WriteString("group", kind.Group);
        writer.WriteString("version", kind.Version);
        writer.WriteString("resource", kind.Plural);
        writer.WriteEndObject();
    }
}

/// <summary>What a webhook answered.</summary>
/// <param name="Refusal">Why it refuses, with the code it wants; null when it allows.</param>
/// <param name="Patch">What it changes; null when it changes nothing.</param>
internal sealed record AdmissionAnswer((int Code, string Reason, string Message)? Refusal, JsonNode? Patch, IReadOnlyList<string> Warnings)
{
    // What a webhook may say beside yes and no; the rest is left out.
    private const int MaxWarnings = 20;

    /// <exception cref="FormatException">It is no answer to this question.</exception>
    public static AdmissionAnswer Read(ReadOnlyMemory<byte> json, string uid)
    {
        try
        {
            var response = JsonTree.Parse(json) is JsonObject review && review["response"] is JsonObject inner ? inner
                : throw new FormatException("the answer is no AdmissionReview with a response");
            if ((string?)response["uid"] != uid) throw new FormatException($"expected response.uid=\"{uid}\", got \"{(string?)response["uid"]}\"");
            return new(
                (bool?)response["allowed"] == true ? null : RefusalOf(response["status"] as JsonObject), PatchOf(response),
                [.. (response["warnings"] as JsonArray ?? []).Take(MaxWarnings).Select(static warning => (string?)warning ?? "")]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"the answer cannot be read: {e.Message}", e);
        }
    }

    private static (int, string, string) RefusalOf(JsonObject? status) =>
        ((int?)status?["code"] is >= 400 and < 600 and { } code ? code : 400, (string?)status?["reason"] ?? "", (string?)status?["message"] ?? "");

    private static JsonNode? PatchOf(JsonObject response)
    {
        if ((string?)response["patch"] is not { Length: > 0 } patch) return null;
        if ((string?)response["patchType"] != "JSONPatch")
            throw new FormatException($"invalid response.patchType=\"{(string?)response["patchType"]}\": it must be JSONPatch");
        return JsonTree.Parse(Convert.FromBase64String(patch));
    }
}
