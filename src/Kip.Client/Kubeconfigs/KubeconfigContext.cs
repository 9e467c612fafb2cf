namespace Kip.Client.Kubeconfigs;

/// <summary>One way to reach an API server: where it is, how to know it, who is asking, and which namespace is meant.</summary>
public sealed record KubeconfigContext
{
    /// <summary>The context's name.</summary>
    public required string Name { get; init; }

    /// <summary>The file it comes from, for messages.</summary>
    public required string Source { get; init; }

    public required Uri Server { get; init; }

    /// <value><c>default</c> unless the context names another.</value>
    public string Namespace { get; init; } = "default";

    /// <summary>The only authorities whose signature on the server's certificate is accepted, as PEM. Null: the machine's.</summary>
    public string? CertificateAuthority { get; init; }

    /// <summary>The name to expect in the server's certificate in place of the address's host.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Accept any certificate. For tests only: whoever is in between can read the token.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    public Uri? Proxy { get; init; }

    public string? Token { get; init; }

    /// <summary>A file that holds the token and may be renewed at any time; wins over <see cref="Token"/>.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Certificate and key with which the client identifies itself, as PEM.</summary>
    public string? ClientCertificate { get; init; }
    public string? ClientKey { get; init; }

    /// <summary>The way to the API server of the cluster that this process runs in, or null when it runs in none.</summary>
    public static KubeconfigContext? InCluster()
    {
        const string Folder = "/var/run/secrets/kubernetes.io/serviceaccount";
        var (host, port) = (Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST"), Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT"));
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port) || !File.Exists($"{Folder}/token")) return null;
        return new KubeconfigContext
        {
            Name = "in-cluster",
            Source = Folder,
            Server = new Uri($"https://{(host.Contains(':') ? $"[{host}]" : host)}:{port}"),
            Namespace = File.Exists($"{Folder}/namespace") ? File.ReadAllText($"{Folder}/namespace").Trim() : "default",
            CertificateAuthority = File.ReadAllText($"{Folder}/ca.crt"),
            TokenFile = $"{Folder}/token",
        };
    }

    // Credentials never reach a log line by accident.
    public override string ToString() => $"context {Name} of {Source} ({Server})";
}
