using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.Client;
using Kip.Resources;
using Kip.Rules.Access;

namespace Kip.ApiServer.Security.Reviews;

/// <summary>A review as it was sent, and its parts.</summary>
internal sealed class ReviewQuestion
{
    private readonly Review _review;

    public ReviewQuestion(Review review, JsonObject body)
    {
        _review = review;
        Spec = body["spec"] as JsonObject ?? [];
        Metadata = (body["metadata"] as JsonObject)?.DeepClone() as JsonObject ?? [];
    }

    public JsonObject Spec { get; }

    public JsonObject Metadata { get; }

    /// <summary>A text of the spec; empty when it is not there.</summary>
    public string Text(string field) => Text(Spec, field);

    /// <summary>A list of the spec; empty when it is not there.</summary>
    public ValueList<string> Texts(string field) => Texts(Spec[field]);

    /// <summary>What is to be judged.</summary>
    /// <param name="space">The namespace in which it is asked; null: in none.</param>
    /// <exception cref="ApiException">422: it names neither a resource nor a path, or both, or another namespace.</exception>
    public AccessRequest Asked(string? space)
    {
        var (resource, path) = (Spec["resourceAttributes"] as JsonObject, Spec["nonResourceAttributes"] as JsonObject);
        if (resource is null == path is null)
            throw Invalid(_review, "spec", "Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be specified");
        if (resource is null)
            return space is null ? AccessRequest.OfPath(Text(path!, "verb"), Text(path!, "path"))
                : throw Invalid(_review, "spec.nonResourceAttributes", "Invalid value: disallowed on this kind of request");
        if (space is not null && Text(resource, "namespace") != space)
            throw Invalid(_review, "spec.resourceAttributes.namespace", $"Invalid value: must match metadata.namespace: {space}");
        return new AccessRequest(
            Text(resource, "verb"), Text(resource, "group"), Text(resource, "resource"), Text(resource, "subresource"), Text(resource, "namespace"),
            Text(resource, "name"));
    }

    /// <summary>The user that is asked about.</summary>
    /// <exception cref="ApiException">422: neither a user nor a group is named.</exception>
    public UserInfo Subject()
    {
        var groups = Texts("groups");
        if (Text("user").Length == 0 && groups.IsEmpty) throw Invalid(_review, "spec.user", "Invalid value: at least one of user or group must be specified");
        return new UserInfo(Text("user"), groups, Text("uid"));
    }

    public static ApiException Invalid(Review review, string field, string message) => new(new Status
    {
        State = "Failure", Code = 422, Reason = StatusReason.Invalid, Message = $"{review.Kind}.{review.Group} \"\" is invalid: {field}: {message}",
        Details = new StatusDetails { Group = review.Group, Kind = review.Kind, Causes = [new StatusCause { Field = field, Message = message }] },
    });

    private static string Text(JsonObject json, string field) =>
        json[field] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";

    private static ValueList<string> Texts(JsonNode? json) => json is not JsonArray list ? []
        : [.. list.OfType<JsonValue>().Where(static v => v.GetValueKind() == JsonValueKind.String).Select(static v => v.GetValue<string>())];
}
