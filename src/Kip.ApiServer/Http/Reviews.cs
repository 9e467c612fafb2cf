using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.ApiServer.Http.Bodies;
using Kip.ApiServer.Patches;
using Kip.ApiServer.Protobuf;
using Kip.Client;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Http;

/// <summary>A question that is asked by creating an object which is answered at once and never stored.</summary>
/// <param name="Group">Its API group.</param>
/// <param name="Plural">Its name in paths.</param>
/// <param name="Kind">Its kind.</param>
internal sealed record Review(string Group, string Plural, string Kind)
{
    /// <summary>Who am I, and what may I do? There is one user for now, who may do everything.</summary>
    public static readonly IReadOnlyList<Review> All =
    [
        new("authentication.k8s.io", "selfsubjectreviews", "SelfSubjectReview"),
        new("authorization.k8s.io", "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
        new("authorization.k8s.io", "selfsubjectrulesreviews", "SelfSubjectRulesReview"),
    ];

    /// <summary>The one version of every review.</summary>
    public const string Version = "v1";

    /// <summary>Answers the question.</summary>
    public async Task AnswerAsync(HttpContext http, string user)
    {
        var answer = new JsonObject { ["kind"] = Kind, ["apiVersion"] = $"{Group}/{Version}", ["metadata"] = new JsonObject() };
        if (await SpecAsync(http) is { } spec) answer["spec"] = spec;
        answer["status"] = Kind switch
        {
            "SelfSubjectReview" => new JsonObject
            {
                ["userInfo"] = new JsonObject { ["username"] = user, ["groups"] = new JsonArray("system:masters", "system:authenticated") },
            },
            "SelfSubjectAccessReview" => new JsonObject { ["allowed"] = true, ["reason"] = "the administrator may do everything" },
            _ => new JsonObject
            {
                ["incomplete"] = false,
                ["resourceRules"] = new JsonArray(new JsonObject { ["verbs"] = Everything(), ["apiGroups"] = Everything(), ["resources"] = Everything() }),
                ["nonResourceRules"] = new JsonArray(new JsonObject { ["verbs"] = Everything(), ["nonResourceURLs"] = Everything() }),
            },
        };
        await JsonAnswer.WriteAsync(http, 201, writer => answer.WriteTo(writer));

        static JsonArray Everything() => new("*");
    }

    // The answer does not depend on what is asked, so a question in protobuf, as typed Go clients send it, is answered too.
    private static async Task<JsonNode?> SpecAsync(HttpContext http)
    {
        var body = await RequestBody.ReadAsync(http);
        if (body.IsEmpty || RequestBody.MediaType(http.Request.ContentType) == ProtobufObject.ContentType) return null;
        try
        {
            return (JsonTree.Parse(body) as JsonObject)?["spec"]?.DeepClone();
        }
        catch (JsonException malformed)
        {
            throw ApiException.BadRequest($"the body of the request is not JSON: {malformed.Message}");
        }
    }
}
