using System.CommandLine;
using System.Net;
using Kip.Host.CommandLine;
using Kip.Runtime.Networking;

namespace Kip.Host.Platform;

/// <summary>What <c>kip up</c> is told.</summary>
public sealed record PlatformOptions
{
    public required DataFolder Data { get; init; }
    public required IPEndPoint Api { get; init; }
    public required IPEndPoint Gateway { get; init; }

    /// <summary>Where services are reached by HTTPS. Null: nowhere.</summary>
    public IPEndPoint? Https { get; init; }

    /// <summary>Where Kip's own image registry listens; <see cref="UsualRegistry"/> gives way to whoever has the port already.</summary>
    public IPEndPoint Registry { get; init; } = UsualRegistry;

    /// <summary><c>127.0.0.1:5000</c>, as registries usually have it.</summary>
    internal static readonly IPEndPoint UsualRegistry = new(IPAddress.Loopback, 5000);

    /// <summary>Where events come in beside the gateway.</summary>
    public IPEndPoint Events { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Where metrics and health are read without credentials. Null: nowhere.</summary>
    public IPEndPoint? Metrics { get; init; }

    /// <summary>The file with the key that secrets are encrypted with, outside the data folder.</summary>
    public required string EncryptionKey { get; init; }

    /// <summary>The file in which every request to the API is noted. Null: none.</summary>
    public string? AuditLog { get; init; }

    /// <summary>The addresses of containers' pods. Null: chosen once, and kept in the data folder.</summary>
    public Subnet? PodSubnet { get; init; }

    /// <summary>What runs containers: <c>crun</c> or <c>runc</c>. Null: crun, else runc.</summary>
    public string? OciRuntime { get; init; }

    /// <summary>The domain of a new platform: browsers and curl take names below it for loopback.</summary>
    public const string DefaultDomain = "localhost";

    /// <summary>The domain of public URLs. Null: what config-domain says, <see cref="DefaultDomain"/> on a new platform.</summary>
    public string? Domain { get; init; }

    /// <summary>Reads the options of a command line.</summary>
    /// <exception cref="CommandFailure">An address is not <c>HOST:PORT</c> or the domain is not a host name.</exception>
    internal static PlatformOptions From(ParseResult parsed)
    {
        var domain = parsed.GetValue(PlatformOptionSymbols.Domain);
        if (domain is not null && Uri.CheckHostName(domain) != UriHostNameType.Dns)
            throw new CommandFailure($"--domain {domain} is not a host name such as example.com");
        var data = DataFolder.Choose(parsed.GetValue(PlatformOptionSymbols.Data));
        return new PlatformOptions
        {
            Data = data,
            AuditLog = PlatformOptionSymbols.AuditLogOf(parsed.GetValue(PlatformOptionSymbols.AuditLog), data),
            EncryptionKey = KeyFile.Choose(parsed.GetValue(PlatformOptionSymbols.EncryptionKey), data),
            Api = PlatformOptionSymbols.EndPoint("--api", parsed.GetRequiredValue(PlatformOptionSymbols.Api)),
            Gateway = PlatformOptionSymbols.EndPoint("--gateway", parsed.GetRequiredValue(PlatformOptionSymbols.Gateway)),
            Https = parsed.GetValue(PlatformOptionSymbols.Https) is { } https ? PlatformOptionSymbols.EndPoint("--https", https) : null,
            Registry = PlatformOptionSymbols.EndPoint("--registry", parsed.GetRequiredValue(PlatformOptionSymbols.Registry)),
            Events = PlatformOptionSymbols.EndPoint("--events", parsed.GetRequiredValue(PlatformOptionSymbols.Events)),
            Metrics = parsed.GetValue(PlatformOptionSymbols.Metrics) is { } metrics ? PlatformOptionSymbols.EndPoint("--metrics", metrics) : null,
            PodSubnet = PlatformOptionSymbols.SubnetOf(parsed.GetValue(PlatformOptionSymbols.PodSubnet)),
            OciRuntime = parsed.GetValue(PlatformOptionSymbols.OciRuntime),
            Domain = domain,
        };
    }

    /// <summary>The same as the command line of a platform in the background.</summary>
    internal IReadOnlyList<string> ToArguments() =>
    [
        "up", .. Metrics is null ? [] : (string[])["--metrics", Metrics.ToString()],
        "--data", Data.Root, "--encryption-key", EncryptionKey, "--audit-log", AuditLog ?? PlatformOptionSymbols.Off, "--api", Api.ToString(),
        "--gateway", Gateway.ToString(), "--registry", Registry.ToString(), "--events", Events.ToString(),
        .. Https is null ? [] : (string[])["--https", Https.ToString()], .. Domain is null ? [] : (string[])["--domain", Domain],
        .. PodSubnet is null ? [] : (string[])["--pod-subnet", PodSubnet.ToString()!],
        .. OciRuntime is null ? [] : (string[])["--oci-runtime", OciRuntime],
    ];
}
