using System.CommandLine;
using System.Net;
using Kip.Host.CommandLine;
using Kip.Runtime.Networking;

namespace Kip.Host.Platform;

/// <summary>The options of <c>kip up</c> and <c>kip quickstart</c>.</summary>
internal static class PlatformOptionSymbols
{
    public static Option<string?> Data { get; } = new("--data")
    {
        Description = "The data folder (default: $KIP_DATA, else ~/.kip)", HelpName = "DIR",
    };

    public static Option<string?> EncryptionKey { get; } = new("--encryption-key")
    {
        Description = "The file with the key that secrets are encrypted with; made when it is missing (default: $KIP_ENCRYPTION_KEY, else "
            + "~/.config/kip/encryption.key)",
        HelpName = "FILE",
    };

    public const string Off = "off";

    public static Option<string?> AuditLog { get; } = new("--audit-log")
    {
        Description = "The file in which every request to the API is noted, or off (default: $KIP_AUDIT_LOG, else audit.log in the data folder)",
        HelpName = "FILE",
    };

    public static Option<string> Api { get; } = new("--api")
    {
        Description = "Where the API listens; port 0 picks a free one", HelpName = "HOST:PORT",
        DefaultValueFactory = static _ => "127.0.0.1:6443",
    };

    public static Option<string> Gateway { get; } = new("--gateway")
    {
        Description = "Where services are reached; port 0 picks a free one", HelpName = "HOST:PORT",
        DefaultValueFactory = static _ => "127.0.0.1:8080",
    };

    public static Option<string> Events { get; } = new("--events")
    {
        Description = "Where brokers and channels take events in by /NAMESPACE/NAME, beside their names behind the gateway; port 0 picks a free one",
        HelpName = "HOST:PORT",
        DefaultValueFactory = static _ => "127.0.0.1:0",
    };

    public static Option<string?> Https { get; } = new("--https")
    {
        Description = "Where services are reached by HTTPS, with certificates of Kip's own CA (see kip ca); port 0 picks a free one (default: nowhere)",
        HelpName = "HOST:PORT",
    };

    public static Option<string> Registry { get; } = new("--registry")
    {
        Description = "Where Kip's own image registry listens; port 0 picks a free one, as does the usual port when it is taken", HelpName = "HOST:PORT",
        DefaultValueFactory = static _ => "127.0.0.1:5000",
    };

    public static Option<string?> Metrics { get; } = new("--metrics")
    {
        Description = "Where /metrics, /healthz and /readyz are read without credentials (default: /metrics only behind the API's, at /kip/metrics)",
        HelpName = "HOST:PORT",
    };

    public static Option<string?> Domain { get; } = new("--domain")
    {
        Description = "The domain of public URLs (default: as config-domain says, localhost at first)", HelpName = "D",
    };

    public static Option<string?> PodSubnet { get; } = new("--pod-subnet")
    {
        Description = "The addresses of containers' pods (default: chosen once so that they meet no route of this machine)", HelpName = "CIDR",
    };

    public static Option<string?> OciRuntime { get; } = MakeOciRuntime();

    public static Option<bool> Detach { get; } = new("--detach", "-d") { Description = "Go on in the background and return when it is ready" };

    private static Option<string?> MakeOciRuntime()
    {
        var option = new Option<string?>("--oci-runtime") { Description = "What runs containers: crun or runc (default: crun, else runc)", HelpName = "NAME" };
        option.AcceptOnlyFromAmong("crun", "runc");
        return option;
    }

    /// <summary>Reads a subnet. Null: none was named.</summary>
    /// <exception cref="CommandFailure">It is none.</exception>
    public static Subnet? SubnetOf(string? text) => text is null ? null
        : Subnet.TryParse(text, out var subnet) ? subnet
        : throw new CommandFailure($"--pod-subnet {text} is no IPv4 subnet such as 10.89.16.0/20 (from /8 to /28, the bits behind it zero)");

    /// <summary>The audit log's file; null: none is wanted.</summary>
    public static string? AuditLogOf(string? option, DataFolder data) => (option ?? Environment.GetEnvironmentVariable("KIP_AUDIT_LOG")) switch
    {
        null or "" => data.Path("audit.log"),
        Off => null,
        var file => Path.GetFullPath(file),
    };

    /// <summary>Reads <c>HOST:PORT</c>; a host is an IP address or <c>localhost</c>.</summary>
    /// <exception cref="CommandFailure">It is neither.</exception>
    public static IPEndPoint EndPoint(string option, string text)
    {
        var named = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" + text["localhost".Length..] : text;
        var separator = named.LastIndexOf(':');
        if (separator > 0 && IPEndPoint.TryParse(named, out var endPoint) && (endPoint.Port != 0 || named.EndsWith(":0", StringComparison.Ordinal)))
            return endPoint;
        throw new CommandFailure($"{option} {text} is not HOST:PORT with an IP address, e.g. 127.0.0.1:8080 or 127.0.0.1:0 for a free port");
    }
}
