using Kip.Client;
using Kip.Resources;
using Kip.Rules.Access;

namespace Kip.ApiServer.Security.Authorization;

/// <summary>Words a refusal as Kubernetes does.</summary>
internal static class Forbidden
{
    /// <summary>403: the user may not do what was asked.</summary>
    public static ApiException Of(UserInfo user, in AccessRequest asked, string reason)
    {
        var why = $"User \"{user.Name}\" cannot {Action(asked)}{(reason.Length == 0 ? "" : $": {reason}")}";
        if (!asked.IsResource) return ApiException.Of(403, StatusReason.Forbidden, $"forbidden: {why}");
        var qualified = asked.Group.Length == 0 ? asked.Resource : $"{asked.Resource}.{asked.Group}";
        return new(new Status
        {
            State = "Failure", Code = 403, Reason = StatusReason.Forbidden,
            Message = $"{qualified}{(asked.Name.Length == 0 ? "" : $" \"{asked.Name}\"")} is forbidden: {why}",
            Details = new StatusDetails
            {
                Name = asked.Name.Length == 0 ? null : asked.Name, Group = asked.Group.Length == 0 ? null : asked.Group, Kind = asked.Resource,
            },
        });
    }

    private static string Action(in AccessRequest asked)
    {
        if (!asked.IsResource) return $"{asked.Verb} path \"{asked.Path}\"";
        var resource = asked.Subresource.Length == 0 ? asked.Resource : $"{asked.Resource}/{asked.Subresource}";
        var where = asked.Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{asked.Namespace}\"";
        return $"{asked.Verb} resource \"{resource}\" in API group \"{asked.Group}\" {where}";
    }
}
