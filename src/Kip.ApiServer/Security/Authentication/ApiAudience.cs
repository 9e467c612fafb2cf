using Kip.Resources;

namespace Kip.ApiServer.Security.Authentication;

/// <summary>The name under which this API server is the one that a token is meant for.</summary>
internal static class ApiAudience
{
    public const string Name = "https://kubernetes.default.svc.cluster.local";

    /// <summary>Whether a token for this API server is meant for one of these. Nobody named means this API server.</summary>
    public static bool IsAmong(ValueList<string> audiences) => audiences.IsEmpty || audiences.Contains(Name);
}
