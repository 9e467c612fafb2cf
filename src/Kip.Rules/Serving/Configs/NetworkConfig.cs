using Kip.Resources;
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

    /// <value>80: left out of URLs, as is 443 with https.</value>
    public int ExternalPort { get; init; } = 80;

    /// <summary>Reads the ConfigMap's data. A wrong value is left at its default and named in the errors.</summary>
    public static NetworkConfig Parse(StringMap data, out IReadOnlyList<FieldError> errors)
    {
        var read = new ConfigReader(data);
        var config = new NetworkConfig
        {
            IngressClass = read.Text("ingress-class") ?? read.Text("ingress.class") ?? KipIngressClass,
            DomainTemplate = Template(read, "domain-template", "domainTemplate", Default.DomainTemplate),
            TagTemplate = Template(read, "tag-template", "tagTemplate", Default.TagTemplate),
            DefaultExternalScheme = read.OneOf("default-external-scheme", "http", "http", "https"),
            ExternalPort = (int)read.Whole(ExternalPortKey, 80, 1, 65535),
        };
        errors = read.Errors;
        return config;
    }

    // A template must make a valid host of valid names; that is tried when it is read, not when the first route fails.
    private static NameTemplate Template(ConfigReader read, string key, string alias, NameTemplate byDefault)
    {
        var stated = read.Text(key) is not null ? key : alias;
        if (read.Text(stated) is not { } text) return byDefault;
        if (NameTemplate.Parse(text, out var error) is not { } template) return read.Wrong(stated, error, byDefault);
        var any = SampleLabels(text);
        var sample = new NameTemplateValues { Name = "foo", Namespace = "bar", Domain = "baz.com", Tag = "v1", Labels = any,
            Annotations = any };
        var host = template.Render(sample, out error);
        var wrong = host is null ? error : key == "domain-template" ? DnsNames.CheckDomain(host) : DnsNames.CheckDns1123Subdomain(host);
        return wrong is null ? template : read.Wrong(stated, $"the template does not make a valid name: {wrong}", byDefault);
    }

    // Every label that the template may mention is given a value, whatever it is called.
    private static StringMap SampleLabels(string text) => StringMap.From(
        text.Split(['{', '}', '"', ' ', '.'], StringSplitOptions.RemoveEmptyEntries)
            .Select(static w => new KeyValuePair<string, string>(w, "x"))
            .Concat(text.Split('"').Select(static w => new KeyValuePair<string, string>(w, "x"))));
}
