using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.ApiServer.Http.Bodies;
using Kip.ApiServer.Registry;
using Kip.ApiServer.Security.Tokens;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.ApiServer.Http.Subresources;

/// <summary>Answers <c>POST serviceaccounts/NAME/token</c>: a new token for the account, as <c>kubectl create token</c> asks for.</summary>
internal sealed class TokenSubresource(ResourceRegistry registry, ServiceAccountTokens tokens)
{
    private const long Usual = 3600;
    private const long Least = 600;

    // Kubernetes lets its operator choose; a token for longer than a year is nothing that should be had by the way.
    private const long Most = 365L * 24 * 3600;
    private const long MostAskedFor = 1L << 32;

    public async Task CreateAsync(ApiCall call)
    {
        using var body = await RequestBody.ReadJsonAsync(call.Http);
        var asked = RequestBody.Tree(body);
        var spec = asked["spec"] as JsonObject ?? [];
        var account = (ServiceAccount?)registry.Get(ServiceAccount.Definition, call.Name)
            ?? throw ApiException.NotFound(ServiceAccount.Definition, call.Name.Name);
        var seconds = SecondsOf(spec, call.Name.Name);
        var bound = BoundTo(spec, account);
        var (token, claims) = tokens.Issue(account, AudiencesOf(spec), TimeSpan.FromSeconds(seconds), bound);

        var answer = new JsonObject
        {
            ["kind"] = "TokenRequest", ["apiVersion"] = "authentication.k8s.io/v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = account.Metadata.Name, ["namespace"] = account.Metadata.Namespace, ["creationTimestamp"] = Time(claims.IssuedAt),
            },
        };
        spec = (JsonObject)spec.DeepClone();
        spec["audiences"] = new JsonArray([.. claims.Audiences.Select(static audience => (JsonNode)audience)]);
        spec["expirationSeconds"] = seconds;
        answer["spec"] = spec;
        answer["status"] = new JsonObject { ["token"] = token, ["expirationTimestamp"] = Time(claims.Expires!.Value) };
        await JsonAnswer.WriteAsync(call.Http, 201, writer => answer.WriteTo(writer));
    }

    private BoundObject? BoundTo(JsonObject spec, ServiceAccount account)
    {
        if (spec["boundObjectRef"] is not JsonObject reference) return null;
        var (kind, name, uid) = (Text(reference, "kind"), Text(reference, "name"), Text(reference, "uid"));
        var definition = kind switch
        {
            "Pod" => Pod.Definition,
            "Secret" => Secret.Definition,
            _ => throw ApiException.BadRequest($"cannot bind token to object of type {Text(reference, "apiVersion")}, Kind={kind}: there are Pod and Secret"),
        };
        var found = registry.Get(definition, new(account.Metadata.Namespace, name)) ?? throw ApiException.NotFound(definition, name);
        if (uid.Length > 0 && uid != found.Metadata.Uid)
            throw ApiException.Conflict(definition, name,
                $"the UID in the bound object reference ({uid}) does not match the UID in record. The object might have been deleted and then recreated");
        if (found is Pod pod && (string.IsNullOrEmpty(pod.Spec.ServiceAccountName) ? "default" : pod.Spec.ServiceAccountName) != account.Metadata.Name)
            throw ApiException.BadRequest(
                $"cannot bind token for serviceaccount \"{account.Metadata.Name}\" to pod running with different serviceaccount name.");
        return new BoundObject(kind, name, found.Metadata.Uid ?? "");
    }

    private static long SecondsOf(JsonObject spec, string name)
    {
        if (spec["expirationSeconds"] is not JsonValue value || value.GetValueKind() == JsonValueKind.Null) return Usual;
        if (!value.TryGetValue(out long seconds)) throw Invalid(name, "Invalid value: must be a whole number of seconds");
        if (seconds < Least) throw Invalid(name, $"Invalid value: {seconds}: may not specify a duration less than 10 minutes");
        if (seconds > MostAskedFor) throw Invalid(name, $"Invalid value: {seconds}: may not specify a duration larger than 2^32 seconds");
        return Math.Min(seconds, Most);
    }

    private static ValueList<string> AudiencesOf(JsonObject spec) => spec["audiences"] is not JsonArray list ? []
        : [.. list.OfType<JsonValue>().Where(static v => v.GetValueKind() == JsonValueKind.String).Select(static v => v.GetValue<string>())];

    private static string Text(JsonObject json, string name) =>
        json[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static ApiException Invalid(string name, string message) => new(new Status
    {
        State = "Failure", Code = 422, Reason = StatusReason.Invalid,
        Message = $"TokenRequest.authentication.k8s.io \"{name}\" is invalid: spec.expirationSeconds: {message}",
        Details = new StatusDetails
        {
            Group = "authentication.k8s.io", Kind = "TokenRequest", Name = name,
            Causes = [new StatusCause { Field = "spec.expirationSeconds", Message = message }],
        },
    });
}
