using Kip.Resources;
using Kip.Resources.Selectors;
using Kip.Resources.Serving;
using Kip.Rules.Admission;

namespace Kip.Rules.Serving.Configs;

/// <summary>Which domain a Route's public name is under: the ConfigMap <c>config-domain</c>.</summary>
/// <remarks>
/// Each key is a domain; its value is empty (a default) or YAML such as <c>selector: {app: shop}</c>. With no default
/// entry Kip uses <c>localhost</c>, where Knative would make every Route private: names under <c>.localhost</c> reach this machine only.
/// </remarks>
public sealed record DomainConfig
{
    public const string MapName = "config-domain";

    public const string KipDomain = "localhost";

    /// <summary>The domain of names that are served inside only.</summary>
    public const string ClusterLocalDomain = "svc." + NetworkConfig.ClusterDomain;

    public static readonly DomainConfig Default = new() { Domains = [new(KipDomain, default)] };

    public ValueList<SelectedDomain> Domains { get; init; }

    /// <summary>The domain for a Route with these labels: the most labels matched wins, then the alphabetically first.</summary>
    public string For(StringMap labels)
    {
        if (labels.Get(ServingLabels.Visibility) == ServingLabels.ClusterLocal) return ClusterLocalDomain;
        SelectedDomain? best = null;
        foreach (var domain in Domains)
            if (domain.Matches(labels) && (best is null || domain.Beats(best))) best = domain;
        return best?.Domain ?? KipDomain;
    }

    /// <summary>Reads the ConfigMap's data. A wrong entry is left out and named in the errors.</summary>
    public static DomainConfig Parse(StringMap data, out IReadOnlyList<FieldError> errors)
    {
        var read = new ConfigReader(data);
        var domains = new List<SelectedDomain>();
        foreach (var (domain, value) in data)
        {
            if (domain.StartsWith('_')) continue;
            if (NameSyntax.SubdomainError(domain) is { } wrong) read.Wrong(domain, $"invalid domain name \"{domain}\": {wrong}", 0);
            else if (DomainSelector.Parse(value, out var error) is { } selector) domains.Add(new(domain, selector));
            else read.Wrong(domain, error, 0);
        }
        if (domains.TrueForAll(static d => !d.Selector.IsEmpty)) domains.Add(new(KipDomain, default));
        errors = read.Errors;
        return new DomainConfig { Domains = [.. domains] };
    }
}

/// <summary>A domain, and the labels of the Routes that it is for.</summary>
public sealed record SelectedDomain(string Domain, StringMap Selector)
{
    internal bool Matches(StringMap labels)
    {
        foreach (var (key, value) in Selector)
            if (labels.Get(key) != value) return false;
        return true;
    }

    internal bool Beats(SelectedDomain other) => Selector.Count != other.Selector.Count
        ? Selector.Count > other.Selector.Count
        : string.CompareOrdinal(Domain, other.Domain) < 0;
}
