using Kip.Resources;
using Kip.Resources.Selectors;
using Kip.Rules.Admission;
using Kip.Rules.Names;

namespace Kip.Rules.Serving.Configs;

/// <summary>How services are named and reached: the ConfigMap <c>config-network</c>.</summary>
public sealed record NetworkConfig
{
    public const string MapName = "config-network";

    /// <summary>The suffix of names inside the cluster.</summary>
    public const string ClusterDomain = "cluster.local";

    /// <summary>The class that Kip's gateway serves.</summary>
    public const string KipIngressClass = "kip.ingress.networking.knative.dev";

    /// <summary>The class that Kip's own certificate authority serves.</summary>
    public const string KipCertificateClass = "kip.certificate.networking.knative.dev";

    public const string HttpEnabled = "Enabled";
    public const string HttpRedirected = "Redirected";

    /// <summary>A key of Kip's own: the port of public HTTPS URLs. Absent: there is no HTTPS.</summary>
    public const string ExternalHttpsPortKey = "kip.external-https-port";

    /// <summary>
    /// A key of Kip's own: the port of public URLs. The host writes the gateway's port here at start, since on one machine it is seldom 80.
    /// </summary>
    public const string ExternalPortKey = "kip.external-port";

    public static readonly NetworkConfig Default = new();

    /// <value><c>kip.ingress.networking.knative.dev</c>.</value>
    public string IngressClass { get; init; } = KipIngressClass;

    /// <value><c>{{.Name}}.{{.Namespace}}.{{.Domain}}</c></value>
    public NameTemplate DomainTemplate { get; init; } = NameTemplate.Parse("{{.Name}}.{{.Namespace}}.{{.Domain}}", out _)!;

    /// <value><c>{{.Tag}}-{{.Name}}</c></value>
    public NameTemplate TagTemplate { get; init; } = NameTemplate.Parse("{{.Tag}}-{{.Name}}", out _)!;

    /// <value><c>http</c></value>
    public string DefaultExternalScheme { get; init; } = "http";

    /// <summary>How long the traffic of a Route takes to move to a new latest Revision, unless the Route says otherwise. Whole seconds.</summary>
    /// <value>0: at once.</value>
    public TimeSpan RolloutDuration { get; init; }

    /// <summary>Whether a DomainMapping takes a domain that nobody has, without somebody having given it to its namespace.</summary>
    /// <value>False.</value>
    public bool AutocreateClusterDomainClaims { get; init; }

    /// <summary>Whether plain HTTP is served beside HTTPS, or sent there: <c>Enabled</c> or <c>Redirected</c>.</summary>
    /// <value><c>Enabled</c></value>
    public string HttpProtocol { get; init; } = HttpEnabled;

    /// <summary>Whether public names get certificates.</summary>
    /// <value>False.</value>
    public bool ExternalDomainTls { get; init; }

    /// <summary>Whether names inside get certificates.</summary>
    /// <value>False.</value>
    public bool ClusterLocalDomainTls { get; init; }

    /// <summary>The class of Certificates that are asked for.</summary>
    /// <value><c>kip.certificate.networking.knative.dev</c>: issued by the platform's own authority.</value>
    public string CertificateClass { get; init; } = KipCertificateClass;

    /// <value>80: left out of URLs, as is 443 with https.</value>
    public int ExternalPort { get; init; } = 80;

    /// <value>443: left out of URLs.</value>
    public int ExternalHttpsPort { get; init; } = 443;

    /// <summary>Reads the ConfigMap's data. A wrong value is left at its default and named in the errors.</summary>
    public static NetworkConfig Parse(StringMap data, out IReadOnlyList<FieldError> errors)
    {
        if (data.IsEmpty)
        {
            errors = [];
            return Default;
        }
        var read = new ConfigReader(data);
        var config = new NetworkConfig
        {
            IngressClass = read.Text("ingress-class") ?? read.Text("ingress.class") ?? KipIngressClass,
            CertificateClass = read.Text("certificate-class") ?? read.Text("certificate.class") ?? KipCertificateClass,
            DomainTemplate = Template(read, "domain-template", "domainTemplate", Default.DomainTemplate),
            TagTemplate = Template(read, "tag-template", "tagTemplate", Default.TagTemplate),
            DefaultExternalScheme = read.OneOf(read.First("default-external-scheme", "defaultExternalScheme"), "http", "http", "https"),
            RolloutDuration = TimeSpan.FromSeconds(read.Whole(read.First("rollout-duration", "rolloutDuration"), 0, 0, int.MaxValue)),
            AutocreateClusterDomainClaims =
                read.Flag(read.First("autocreate-cluster-domain-claims", "autocreateClusterDomainClaims"), false),
            HttpProtocol = Protocol(read, read.First("http-protocol", "httpProtocol")),
            ExternalDomainTls = Enabled(read, read.First("external-domain-tls", "auto-tls", "autoTLS")),
            ClusterLocalDomainTls = Enabled(read, "cluster-local-domain-tls"),
            ExternalPort = (int)read.Whole(ExternalPortKey, 80, 1, 65535),
            ExternalHttpsPort = (int)read.Whole(ExternalHttpsPortKey, 443, 1, 65535),
        };
        RefuseWhatNeedsACluster(read);
        errors = read.Errors;
        return config;
    }

    private static bool Enabled(ConfigReader read, string key) => read.OneOf(key, "Disabled", "Enabled", "Disabled") == "Enabled";

    // Disabled is the deprecated word of the time when it meant: no plain HTTP.
    private static string Protocol(ConfigReader read, string key)
    {
        if (read.Text(key) is not { } text) return HttpEnabled;
        if (Is(text, "Disabled")) return HttpRedirected;
        foreach (var known in (ReadOnlySpan<string>)[HttpEnabled, HttpRedirected])
            if (known.Equals(text, StringComparison.OrdinalIgnoreCase)) return known;
        return read.Wrong(key, $"httpProtocol {text} in config-network ConfigMap is not supported", HttpEnabled);
    }

    // A setting that would change nothing here is refused rather than kept and passed over.
    private static void RefuseWhatNeedsACluster(ConfigReader read)
    {
        const string Local = "there is nothing to encrypt: the gateway reaches pods on this machine only";
        if (Enabled(read, "system-internal-tls")) read.Wrong("system-internal-tls", Local, 0);
        if (read.Flag("internal-encryption", false)) read.Wrong("internal-encryption", Local, 0);
        if (read.Flag(read.First("enable-mesh-pod-addressability", "enableMeshPodAddressability"), false))
            read.Wrong("enable-mesh-pod-addressability", "there is no service mesh on this platform", 0);
        if (read.OneOf("mesh-compatibility-mode", "auto", "auto", "enabled", "disabled") == "enabled")
            read.Wrong("mesh-compatibility-mode", "there is no service mesh on this platform", 0);
        if (read.Text("namespace-wildcard-cert-selector") is { } selector && selector.Trim() is not ("" or "\"\""))
            read.Wrong("namespace-wildcard-cert-selector",
                "wildcard certificates are not made: with external-domain-tls every name gets its own at once", 0);
    }

    private static bool Is(string text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);

    // A template must make a valid host of valid names; that is tried when it is read, not when the first route fails.
    private static NameTemplate Template(ConfigReader read, string key, string alias, NameTemplate byDefault)
    {
        var stated = read.First(key, alias);
        if (read.Text(stated) is not { } text) return byDefault;
        if (NameTemplate.Parse(text, out var error) is not { } template) return read.Wrong(stated, error, byDefault);
        var any = SampleLabels(text);
        var sample = new NameTemplateValues { Name = "foo", Namespace = "bar", Domain = "baz.com", Tag = "v1", Labels = any,
            Annotations = any };
        var host = template.Render(sample, out error);
        var wrong = host is null ? error : key == "domain-template" ? DnsNames.CheckDomain(host) : NameSyntax.SubdomainError(host);
        return wrong is null ? template : read.Wrong(stated, $"the template does not make a valid name: {wrong}", byDefault);
    }

    // Every label that the template may mention is given a value, whatever it is called.
    private static StringMap SampleLabels(string text) => StringMap.From(
        text.Split(['{', '}', '"', ' ', '.'], StringSplitOptions.RemoveEmptyEntries)
            .Select(static w => new KeyValuePair<string, string>(w, "x"))
            .Concat(text.Split('"').Select(static w => new KeyValuePair<string, string>(w, "x"))));
}
