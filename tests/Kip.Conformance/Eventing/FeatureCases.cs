using System.Text;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Eventing;

namespace Kip.Conformance.Eventing;

/// <summary>What is only there when a feature is on, and what Kip does not have.</summary>
public static class FeatureCases
{
    private static readonly NamespacedName Features = new("knative-eventing", "config-features");

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new(
            "eventing/features/cross-namespace", "With the feature on, a Trigger may be on a Broker of another namespace",
            "TestBrokerTriggerCrossNamespaceReference", CrossNamespaceAsync),
        new(
            "eventing/features/auto-create", "With the feature on, EventTypes are made from traffic and from replies",
            "experimental, eventtype auto-create", AutoCreateAsync),
        new(
            "eventing/features/bad-settings", "A setting that cannot be read is refused when it is written",
            "Knative Eventing, config validation webhook", BadSettingsAsync),
        ConformanceCase.NotSupported(
            "eventing/features/metadata", "A Broker's messaging annotations appear on its trigger channel", "TestBrokerPropagatesMetadata",
            "a Broker is a log of its own, there is no trigger channel"),
        ConformanceCase.NotSupported(
            "eventing/features/crd-labels", "The definitions of channels carry the labels of duck types", "test/conformance, channel CRD",
            "the kinds are built in, there are no definitions to label"),
        ConformanceCase.NotSupported(
            "eventing/features/oidc", "Receivers check the identity of senders", "TestBrokerSupportsOIDC and its kin",
            "identities are not built yet"),
        ConformanceCase.NotSupported(
            "eventing/features/authz", "EventPolicies decide who may send", "TestBrokerSupportsAuthZ and its kin", "policies are not built yet"),
        ConformanceCase.NotSupported(
            "eventing/features/tls", "Brokers and channels take events in over https", "TestMTChannelBrokerRotateTLSCertificates and its kin",
            "transport-encryption is not built yet; on one machine events do not leave loopback"),
    ];

    private static async Task CrossNamespaceAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        await SetAsync(target, "cross-namespace-event-links", "enabled");
        try
        {
            await target.ApplyAsync($"apiVersion: eventing.knative.dev/v1\nkind: Broker\nmetadata: {{ name: far, namespace: {target.Namespace}-far }}\n");
            await target.ApplyAsync(
                "apiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata: { name: t }\n"
                + $"spec: {{ brokerRef: {{ apiVersion: eventing.knative.dev/v1, kind: Broker, name: far, namespace: {target.Namespace}-far }}, "
                + $"subscriber: {hub.At("t")} }}\n");
            await target.TriggerReadyAsync("t");
            await target.SendEventAsync($"http://broker-ingress.knative-eventing.svc.cluster.local/{target.Namespace}-far/far");
            await hub.WaitAsync("t");
        }
        finally
        {
            await SetAsync(target, "cross-namespace-event-links", "disabled");
        }
    }

    private static async Task AutoCreateAsync(ConformanceTarget target)
    {
        var hub = await Hub.DeployAsync(target);
        var url = await target.BrokerAsync(
            "", ("t", $"filter: {{ attributes: {{ type: {Events.Type} }} }}, subscriber: {hub.At("t", $"reply={Events.ReplyType}")}"));
        await SetAsync(target, "eventtype-auto-create", "enabled");
        try
        {
            // The setting takes hold a moment after it is written, so events are sent until it has.
            IReadOnlyList<EventType> made = [];
            await target.EventuallyAsync(
                async () =>
                {
                    await target.SendEventAsync(url);
                    return (made = await target.ListAsync<EventType>()).Count(static t => t.Status.Conditions.IsTrue("Ready")) >= 3;
                },
                () => $"there should be Ready EventTypes for the event and its reply, and there are {made.Count}");
            Expect.Equal(
                $"Broker b {Events.ReplyType}, Broker b {Events.Type}, Trigger t {Events.ReplyType}",
                string.Join(", ", made.Select(
                    static t => $"{t.Spec.Reference?.Kind} {t.Spec.Reference?.Name} {ValueOf(t, "type")}").Order(StringComparer.OrdinalIgnoreCase)));
            Expect.That(
                made.All(static t => t.Metadata.Name.StartsWith($"et-{t.Spec.Reference?.Name}-", StringComparison.Ordinal)),
                "an EventType does not have Knative's name");
            Expect.That(made.All(static t => t.Metadata.OwnerReferences.Count == 1), "an EventType does not go with what it came by");
        }
        finally
        {
            await SetAsync(target, "eventtype-auto-create", "disabled");
        }
    }

    private static string? ValueOf(EventType type, string attribute) => type.Spec.Attributes.FirstOrDefault(a => a.Name == attribute)?.Value;

    private static async Task BadSettingsAsync(ConformanceTarget target)
    {
        foreach (var (map, key, value) in ((string, string, string)[])
        [
            ("config-br-defaults", "default-br-config", "clusterDefault: ["), ("default-ch-webhook", "default-ch-config", "just words"),
            ("config-sugar", "namespace-selector", "matchExpressions: [{key: a, operator: Maybe}]"),
        ])
        {
            try
            {
                await PatchAsync(target, new(Features.Namespace, map), key, value);
            }
            catch (ApiException refused) when (refused.Status.Code is 400 or 422)
            {
                continue;
            }
            throw new CaseFailedException($"{map} took \"{value}\" for {key}");
        }
    }

    private static Task<Resource> SetAsync(ConformanceTarget target, string feature, string value) => PatchAsync(target, Features, feature, value);

    private static Task<Resource> PatchAsync(ConformanceTarget target, NamespacedName map, string key, string value) => target.Resources.PatchAsync(
        ConfigMap.Definition, map, new Patch(PatchContentType.Merge, Encoding.UTF8.GetBytes($$$"""{"data":{"{{{key}}}":"{{{value}}}"}}"""), null),
        target.Deadline);
}
