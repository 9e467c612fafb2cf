using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Rules.Admission;

namespace Kip.Rules.Eventing.Configs;

/// <summary>What a Broker's <c>spec.config</c> holds: the channel it would be made of. The one that is shipped is <c>config-br-default-channel</c>.</summary>
public static class ChannelTemplateConfig
{
    public const string MapName = "config-br-default-channel";
    public const string Key = "channel-template-spec";

    private const string LegacyKey = "channelTemplateSpec";

    public const string Shipped = """
        apiVersion: messaging.knative.dev/v1
        kind: InMemoryChannel

        """;

    // What Shipped says, without reading it.
    private static readonly ChannelTemplateSpec Default = new() { ApiVersion = "messaging.knative.dev/v1", Kind = "InMemoryChannel" };

    /// <summary>Reads such a ConfigMap; null, with an error, when it does not hold a template.</summary>
    public static ChannelTemplateSpec? Read(StringMap data, out string error)
    {
        if ((data.Get(Key) ?? data.Get(LegacyKey)) is not { Length: > 0 } text)
        {
            error = $"missing key {Key}";
            return null;
        }
        error = "";
        if (text == Shipped) return Default;
        if (ConfigYaml.Read(text, EventingConfigJson.Default.ChannelTemplateSpec, out error) is not { } template) return null;
        if (template is { ApiVersion.Length: > 0, Kind.Length: > 0 }) return template;
        error = $"{Key} must have apiVersion and kind";
        return null;
    }

    /// <summary>What is wrong with the ConfigMap that is shipped.</summary>
    internal static IReadOnlyList<FieldError> Validate(StringMap data) =>
        Read(data, out var error) is null ? [new FieldError($"data[{Key}]", "FieldValueInvalid", error)] : [];
}
