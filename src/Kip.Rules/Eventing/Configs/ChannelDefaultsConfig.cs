using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Rules.Admission;

namespace Kip.Rules.Eventing.Configs;

/// <summary>The channel that a Channel, Sequence or Parallel gets that names none: the ConfigMap <c>default-ch-webhook</c>.</summary>
public sealed record ChannelDefaultsConfig
{
    public const string MapName = "default-ch-webhook";
    public const string Key = "default-ch-config";

    public const string Shipped = """
        clusterDefault:
          apiVersion: messaging.knative.dev/v1
          kind: InMemoryChannel

        """;

    /// <summary>What <see cref="Shipped"/> says, without reading it.</summary>
    public static readonly ChannelDefaultsConfig Default =
        new(new ChannelDefaultsDocument { ClusterDefault = new() { ApiVersion = "messaging.knative.dev/v1", Kind = "InMemoryChannel" } });

    private readonly ChannelDefaultsDocument _document;

    private ChannelDefaultsConfig(ChannelDefaultsDocument document) => _document = document;

    /// <summary>Reads the ConfigMap's data. A wrong value counts as missing, and what is missing is as shipped.</summary>
    public static ChannelDefaultsConfig Parse(StringMap data, out IReadOnlyList<FieldError> errors)
    {
        errors = [];
        if (data.Get(Key) is not { Length: > 0 } text || text == Shipped) return Default;
        if (ConfigYaml.Read(text, EventingConfigJson.Default.ChannelDefaultsDocument, out var error) is { } document) return new(document);
        errors = [new FieldError($"data[{Key}]", "FieldValueInvalid", error)];
        return Default;
    }

    /// <summary>The template for a namespace; null when there is no default.</summary>
    public ChannelTemplateSpec? For(string @namespace) => _document.NamespaceDefaults?.GetValueOrDefault(@namespace) ?? _document.ClusterDefault;
}

internal sealed record ChannelDefaultsDocument
{
    public ChannelTemplateSpec? ClusterDefault { get; init; }
    public Dictionary<string, ChannelTemplateSpec>? NamespaceDefaults { get; init; }
}
