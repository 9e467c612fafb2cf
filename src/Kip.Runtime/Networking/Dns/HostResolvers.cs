using System.Net;

namespace Kip.Runtime.Networking.Dns;

/// <summary>The machine's own resolvers.</summary>
internal static class HostResolvers
{
    /// <summary>Those that <c>/etc/resolv.conf</c> names, in order; none where there is no such file.</summary>
    public static IReadOnlyList<IPEndPoint> Read(string path = "/etc/resolv.conf") => File.Exists(path) ? Parse(File.ReadLines(path)) : [];

    internal static IReadOnlyList<IPEndPoint> Parse(IEnumerable<string> lines) =>
    [
        .. lines.Select(static l => l.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            .Where(static w => w.Length >= 2 && w[0] == "nameserver")
            .Select(static w => IPAddress.TryParse(w[1], out var address) ? new IPEndPoint(address, 53) : null)
            .OfType<IPEndPoint>(),
    ];
}
