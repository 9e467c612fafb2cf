using Kip.Rules.Serving.Configs;

namespace Kip.Rules.Serving.Routes;

/// <summary>URLs as a client outside writes them: on one machine the gateway seldom has the usual port.</summary>
internal static class PublicUrls
{
    /// <summary><c>scheme://host</c>, with the gateway's port where it is not the scheme's own.</summary>
    public static string Of(string scheme, string host, NetworkConfig network)
    {
        var (port, usual) = scheme == "https" ? (network.ExternalHttpsPort, 443) : (network.ExternalPort, 80);
        return port == usual ? $"{scheme}://{host}" : $"{scheme}://{host}:{port}";
    }
}
