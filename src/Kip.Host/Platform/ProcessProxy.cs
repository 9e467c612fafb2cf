using System.Net;
using Kip.Resources;

namespace Kip.Host.Platform;

/// <summary>How a process, which has no DNS of the platform, reaches the platform's names: the gateway is its proxy for plain HTTP.</summary>
/// <remarks>curl, Python, Go, .NET, Ruby and Node (from 22.21) follow these variables. HTTPS goes directly, and so does what is on this machine.</remarks>
internal static class ProcessProxy
{
    public static StringMap Variables(IPEndPoint gateway)
    {
        // Elsewhere than on loopback the gateway serves nothing of the inside, and passes nothing on.
        if (!IPAddress.IsLoopback(gateway.Address)) return default;
        return StringMap.Of(("http_proxy", $"http://{gateway}"), ("no_proxy", "localhost,127.0.0.1,::1"), ("NODE_USE_ENV_PROXY", "1"));
    }
}
