using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kip.Client.Certificates;
using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Networking;
using Microsoft.Extensions.Logging;

namespace Kip.Traffic.Tls;

/// <summary>Which certificate the gateway shows for which name: a Secret's that an Ingress names, else one of Kip's own CA for the hosts it serves.</summary>
internal sealed partial class ServerCertificates(
    IIndexer<Secret> secrets, ICertificateIssuer? issuer, Func<string, bool> serves, TimeProvider time, ILoggerFactory loggers)
{
    // Names that nobody serves share one certificate, so this holds one for each served host at most; and forgets them all when there are too many.
    private const int MaxIssued = 4096;

    // The name for those who ask for none, or for one that is not served: so they get a proper answer to their request.
    private const string Fallback = "localhost";

    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    private readonly ILogger _logger = loggers.CreateLogger<ServerCertificates>();
    private readonly ConcurrentDictionary<string, NamespacedName> _named = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<NamespacedName, Loaded> _loaded = [];
    private readonly ConcurrentDictionary<string, Issued> _issued = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The certificate for a name. Null when no Secret is meant for it and there is no CA to issue one.</summary>
    public SslStreamCertificateContext? For(string name)
    {
        if (Secret(name) is { } named && Load(named) is { } loaded) return loaded;
        return issuer is null ? null : Issue(name.Length > 0 && serves(name) ? name : Fallback);
    }

    /// <summary>An Ingress came, changed or went: which Secret is meant for which host.</summary>
    public void OnIngress(ResourceChange<Ingress> change)
    {
        foreach (var tls in change.Old?.Spec.Tls ?? default)
            foreach (var host in tls.Hosts) _named.TryRemove(KeyValuePair.Create(host, NameOf(tls)));
        foreach (var tls in change.New?.Spec.Tls ?? default)
            foreach (var host in tls.Hosts) _named[host] = NameOf(tls);
    }

    private NamespacedName? Secret(string name)
    {
        if (_named.TryGetValue(name, out var exact)) return exact;
        var dot = name.IndexOf('.');
        return dot > 0 && _named.TryGetValue($"*{name[dot..]}", out var wildcard) ? wildcard : null;
    }

    private SslStreamCertificateContext? Load(NamespacedName name)
    {
        if (secrets.Get(name) is not { } secret) return null;
        var version = secret.Metadata.ResourceVersion ?? "";
        if (_loaded.TryGetValue(name, out var loaded) && loaded.Version == version) return loaded.Context;
        var read = Read(secret);
        _loaded[name] = new(version, read);
        return read;
    }

    private SslStreamCertificateContext? Read(Secret secret)
    {
        try
        {
            return Context(Text(secret, "tls.crt"), Text(secret, "tls.key"));
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            LogBadSecret(secret.Key, e.Message);
            return null;
        }
    }

    private SslStreamCertificateContext Issue(string name)
    {
        var now = time.GetUtcNow();
        if (_issued.TryGetValue(name, out var present) && present.NotAfter - now > RenewBefore) return present.Context;
        if (_issued.Count >= MaxIssued) _issued.Clear();
        var certificate = issuer!.Issue([name], now);
        var issued = new Issued(Context(certificate.CertificatePem, certificate.KeyPem), certificate.NotAfter);
        _issued[name] = issued;
        return issued.Context;
    }

    private static SslStreamCertificateContext Context(string certificatePem, string keyPem)
    {
        using var ephemeral = X509Certificate2.CreateFromPem(certificatePem, keyPem);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificatePem);
        // The handshake needs a key that is stored with its certificate.
        var certificate = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    private static string Text(Secret secret, string key) => Encoding.UTF8.GetString(Convert.FromBase64String(secret.Data.Get(key) ?? ""));

    private static NamespacedName NameOf(IngressTls tls) => new(tls.SecretNamespace ?? "", tls.SecretName ?? "");

    private sealed record Loaded(string Version, SslStreamCertificateContext? Context);

    private sealed record Issued(SslStreamCertificateContext Context, DateTimeOffset NotAfter);

    [LoggerMessage(420, LogLevel.Warning, "Secret {secret} holds no certificate and key that can be used (tls.crt, tls.key as PEM): {reason}")]
    private partial void LogBadSecret(NamespacedName secret, string reason);
}
