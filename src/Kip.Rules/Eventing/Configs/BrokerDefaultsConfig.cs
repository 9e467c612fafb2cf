using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Resources.Eventing;
using Kip.Rules.Admission;

namespace Kip.Rules.Eventing.Configs;

/// <summary>What a Broker gets that says nothing itself: the ConfigMap <c>config-br-defaults</c>.</summary>
public sealed record BrokerDefaultsConfig
{
    public const string MapName = "config-br-defaults";
    public const string Key = "default-br-config";

    /// <summary>What Knative ships: ten retries with exponential waits from 0.2 s.</summary>
    public const string Shipped = $"""
        clusterDefault:
          brokerClass: {BrokerClasses.MultiTenant}
          apiVersion: v1
          kind: ConfigMap
          name: {ChannelTemplateConfig.MapName}
          namespace: {EventingNames.SystemNamespace}
          delivery:
            retry: 10
            backoffPolicy: exponential
            backoffDelay: PT0.2S

        """;

    /// <summary>What <see cref="Shipped"/> says, without reading it: most platforms never change it, and so need no YAML reader in memory.</summary>
    public static readonly BrokerDefaultsConfig Default = new(new BrokerDefaultsDocument
    {
        ClusterDefault = new()
        {
            BrokerClass = BrokerClasses.MultiTenant,
            ApiVersion = "v1",
            Kind = "ConfigMap",
            Name = ChannelTemplateConfig.MapName,
            Namespace = EventingNames.SystemNamespace,
            Delivery = new() { Retry = 10, BackoffPolicy = "exponential", BackoffDelay = "PT0.2S" },
        },
    });

    private readonly BrokerDefaultsDocument _document;

    private BrokerDefaultsConfig(BrokerDefaultsDocument document) => _document = document;

    /// <summary>Reads the ConfigMap's data. A wrong value counts as missing, and what is missing is as shipped.</summary>
    public static BrokerDefaultsConfig Parse(StringMap data, out IReadOnlyList<FieldError> errors)
    {
        errors = [];
        if (data.Get(Key) is not { Length: > 0 } text || text == Shipped) return Default;
        if (ConfigYaml.Read(text, EventingConfigJson.Default.BrokerDefaultsDocument, out var error) is { } document) return new(document);
        errors = [new FieldError($"data[{Key}]", "FieldValueInvalid", error)];
        return Default;
    }

    /// <summary>The class of a Broker in a namespace that names none; null when there is no default.</summary>
    public string? ClassOf(string @namespace) => NotEmpty(Of(@namespace)?.BrokerClass) ?? NotEmpty(_document.ClusterDefault?.BrokerClass);

    /// <summary>The config and delivery of Brokers of a class in a namespace; null when there is no default.</summary>
    public BrokerClassDefaults? For(string @namespace, string @class)
    {
        if (Of(@namespace) is { } own)
        {
            if (own.BrokerClass == @class) return own.OfClass(@class) ?? own.Inline ?? _document.ClusterDefault?.Inline;
            if (own.OfClass(@class) is { } listed) return listed;
        }
        return _document.ClusterDefault?.OfClass(@class) ?? _document.ClusterDefault?.Inline;
    }

    /// <summary>Whether a Broker's config must be in the Broker's own namespace.</summary>
    public bool DisallowsDifferentNamespace(string @namespace) =>
        Of(@namespace)?.DisallowDifferentNamespaceConfig == true || _document.ClusterDefault?.DisallowDifferentNamespaceConfig == true;

    private BrokerDefaults? Of(string @namespace) => _document.NamespaceDefaults?.GetValueOrDefault(@namespace);

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

internal sealed record BrokerDefaultsDocument
{
    public BrokerDefaults? ClusterDefault { get; init; }
    public Dictionary<string, BrokerDefaults>? NamespaceDefaults { get; init; }
}

/// <summary>What Brokers of one class get.</summary>
public record BrokerClassDefaults
{
    public string? ApiVersion { get; init; }
    public string? Kind { get; init; }
    public string? Name { get; init; }
    public string? Namespace { get; init; }
    public DeliverySpec? Delivery { get; init; }

    /// <summary>The reference to the config; null when there is none.</summary>
    internal KReference? Reference =>
        string.IsNullOrEmpty(Name) ? null : new() { ApiVersion = ApiVersion, Kind = Kind, Name = Name, Namespace = Namespace };
}

/// <summary>The defaults of the whole platform, or of one namespace.</summary>
public sealed record BrokerDefaults : BrokerClassDefaults
{
    public string? BrokerClass { get; init; }
    [System.Text.Json.Serialization.JsonPropertyName("brokerClasses")]
    public Dictionary<string, BrokerClassDefaults>? ByClass { get; init; }
    public bool DisallowDifferentNamespaceConfig { get; init; }

    internal BrokerClassDefaults? OfClass(string @class) => ByClass?.GetValueOrDefault(@class);

    /// <summary>What stands beside the class; null when nothing does.</summary>
    internal BrokerClassDefaults? Inline => Name is null && Delivery is null ? null : this;
}
