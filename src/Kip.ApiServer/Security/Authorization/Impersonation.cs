using Kip.Client;
using Kip.Resources;
using Kip.Rules.Access;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Security.Authorization;

/// <summary>Lets somebody who may act as another do so: the headers <c>Impersonate-User</c>, <c>-Uid</c>, <c>-Group</c> and <c>-Extra-KEY</c>.</summary>
internal static class Impersonation
{
    private const string AuthenticationGroup = "authentication.k8s.io";
    private const string ExtraPrefix = "Impersonate-Extra-";

    /// <summary>The user that the request is to be carried out as. Null: nobody else than the one who asks.</summary>
    /// <exception cref="ApiException">403: the user may not act as the other. 400: groups or the like without a user.</exception>
    public static UserInfo? Of(IHeaderDictionary headers, UserInfo user, Authorizer authorizer)
    {
        var name = headers["Impersonate-User"].ToString();
        var uid = headers["Impersonate-Uid"].ToString();
        string[] groups = [.. headers["Impersonate-Group"].Where(static g => !string.IsNullOrEmpty(g))!];
        var extra = ExtraOf(headers);
        if (name.Length == 0)
            return uid.Length == 0 && groups.Length == 0 && extra.Count == 0 ? null
                : throw ApiException.BadRequest("the request impersonates a uid, groups or extra values without a user: set Impersonate-User, too");

        var account = new UserInfo(name, []).ServiceAccount;
        Require(account is { } sa
            ? new AccessRequest("impersonate", "", "serviceaccounts", Namespace: sa.Namespace, Name: sa.Name)
            : new AccessRequest("impersonate", "", "users", Name: name));
        foreach (var group in groups) Require(new AccessRequest("impersonate", "", "groups", Name: group));
        foreach (var (key, values) in extra)
            foreach (var value in values) Require(new AccessRequest("impersonate", AuthenticationGroup, "userextras", key, Name: value));
        if (uid.Length > 0) Require(new AccessRequest("impersonate", AuthenticationGroup, "uids", Name: uid));
        return new UserInfo(name, GroupsOf(account, groups), uid) { Extra = extra };

        void Require(in AccessRequest asked)
        {
            var decision = authorizer.Decide(user, asked);
            if (!decision.Allowed) throw Forbidden.Of(user, asked, decision.Reason);
        }
    }

    private static ValueList<string> GroupsOf(NamespacedName? account, string[] groups)
    {
        if (groups.Length == 0 && account is { } sa) return UserInfo.OfServiceAccount(sa.Namespace, sa.Name).Groups;
        return groups.Contains(UserInfo.Authenticated) ? [.. groups] : [.. groups, UserInfo.Authenticated];
    }

    private static Dictionary<string, ValueList<string>> ExtraOf(IHeaderDictionary headers)
    {
        var extra = new Dictionary<string, ValueList<string>>(StringComparer.Ordinal);
        foreach (var (name, values) in headers)
            if (name.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase))
                extra[Uri.UnescapeDataString(name[ExtraPrefix.Length..].ToLowerInvariant())] = [.. values.Select(static v => v ?? "")];
        return extra;
    }
}
