using System.Text.Json.Nodes;
using Kip.ApiServer.Security.Authorization;
using Kip.Resources;
using Kip.Resources.Rbac;
using Kip.Rules.Access;

namespace Kip.ApiServer.Security.Reviews;

/// <summary>The rules that count for a user in a namespace: what <c>kubectl auth can-i --list</c> shows.</summary>
internal static class RulesStatus
{
    private static readonly PolicyRule Everything = new() { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"], NonResourceUrls = ["*"] };

    public static JsonObject Write(Authorizer authorizer, UserInfo user, string @namespace)
    {
        var (rules, missing) = authorizer.Book.RulesOf(user, @namespace);
        if (user.IsMaster) rules = [Everything, .. rules];
        var status = new JsonObject
        {
            ["resourceRules"] = new JsonArray([.. rules.Where(static r => !r.Resources.IsEmpty).Select(OfResources)]),
            ["nonResourceRules"] = new JsonArray([.. rules.Where(static r => !r.NonResourceUrls.IsEmpty).Select(OfPaths)]),
            ["incomplete"] = missing.Count > 0,
        };
        if (missing.Count > 0) status["evaluationError"] = string.Join(", ", missing);
        return status;
    }

    private static JsonNode OfResources(PolicyRule rule)
    {
        var json = new JsonObject { ["verbs"] = List(rule.Verbs), ["apiGroups"] = List(rule.ApiGroups), ["resources"] = List(rule.Resources) };
        if (!rule.ResourceNames.IsEmpty) json["resourceNames"] = List(rule.ResourceNames);
        return json;
    }

    private static JsonNode OfPaths(PolicyRule rule) => new JsonObject { ["verbs"] = List(rule.Verbs), ["nonResourceURLs"] = List(rule.NonResourceUrls) };

    private static JsonArray List(ValueList<string> texts) => new([.. texts.Select(static text => (JsonNode)text)]);
}
