using Kip.Resources;
using Kip.Rules.Networking;

namespace Kip.Rules.Serving.Configs;

/// <summary>Which keys of the platform's ConfigMaps are read, so that a mistyped one, or one without effect here, is told to whoever sets it.</summary>
public static class ConfigKeys
{
    private const string Cluster = "concerns parts that this platform does not have";

    /// <summary>A sentence for every key that changes nothing, and for what is valid but leaves Routes without somebody to serve them.</summary>
    public static IEnumerable<string> Warnings(string mapName, StringMap data)
    {
        if (mapName == DomainConfig.MapName) yield break;
        if (mapName == NetworkConfig.MapName)
            foreach (var warning in Warnings(NetworkConfig.Parse(data, out _), data)) yield return warning;
        if (mapName == FeaturesConfig.MapName)
            foreach (var warning in new FeaturesConfig(data).Overlooked()) yield return warning;
        foreach (var key in data.Keys)
        {
            if (key.StartsWith('_') || Read(mapName).Contains(key)) continue;
            if (mapName == LoggingConfig.MapName || Inert(mapName).Contains(key) || key.StartsWith("queue-sidecar-", StringComparison.Ordinal))
                yield return $"{mapName}: \"{key}\" has no effect: it {Cluster}";
            else if (Known.ContainsKey(mapName)) yield return $"{mapName}: \"{key}\" has no effect: there is no such setting";
        }
    }

    private static IEnumerable<string> Warnings(NetworkConfig network, StringMap data)
    {
        if (network.ExternalDomainTls && !data.ContainsKey(NetworkConfig.ExternalHttpsPortKey))
            yield return $"{NetworkConfig.MapName}: URLs will be https, but this platform does not listen for it; start it with --https HOST:PORT";
        if (!IngressClasses.IsServed(network.IngressClass))
            yield return $"{NetworkConfig.MapName}: this platform's gateway does not serve the ingress-class {network.IngressClass}: "
                + "Routes wait for one that does";
    }

    private static HashSet<string> Read(string mapName) => Known.TryGetValue(mapName, out var keys) ? keys.Read : [];

    private static HashSet<string> Inert(string mapName) => Known.TryGetValue(mapName, out var keys) ? keys.Inert : [];

    private static readonly Dictionary<string, (HashSet<string> Read, HashSet<string> Inert)> Known = new()
    {
        [DefaultsConfig.MapName] = (
        [
            "revision-timeout-seconds", "max-revision-timeout-seconds", "revision-response-start-timeout-seconds",
            "revision-idle-timeout-seconds", "revision-cpu-request", "revision-memory-request", "revision-ephemeral-storage-request",
            "revision-cpu-limit", "revision-memory-limit", "revision-ephemeral-storage-limit", "container-name-template",
            "init-container-name-template", "container-concurrency", "container-concurrency-max-limit", "allow-container-concurrency-zero",
            "enable-service-links",
        ], []),
        [FeaturesConfig.MapName] = ([.. FeaturesConfig.Known], ["queueproxy.mount-podinfo", "queueproxy.resource-defaults", "autodetect-http2"]),
        [DeploymentConfig.MapName] = (
            ["progress-deadline", "progressDeadline", "pod-is-always-schedulable", "registries-skipping-tag-resolving",
                "registriesSkippingTagResolving", "digest-resolution-timeout", "digestResolutionTimeout"],
            ["default-affinity-type", "runtime-class-name", "queueSidecarImage"]),
        ["config-autoscaler"] = (
        [
            "container-concurrency-target-percentage", "container-concurrency-target-default", "requests-per-second-target-default",
            "target-burst-capacity", "stable-window", "panic-window-percentage", "panic-threshold-percentage", "max-scale-up-rate",
            "max-scale-down-rate", "enable-scale-to-zero", "scale-to-zero-grace-period", "scale-to-zero-pod-retention-period",
            "pod-autoscaler-class", "initial-scale", "allow-zero-initial-scale", "min-scale", "max-scale",
            "max-scale-limit", "scale-down-delay",
        ], ["activator-capacity"]),
        [GarbageCollectionConfig.MapName] = (
            ["retain-since-create-time", "retain-since-last-active-time", "min-non-active-revisions", "max-non-active-revisions"], []),
        [NetworkConfig.MapName] = (
        [
            "ingress-class", "ingress.class", "certificate-class", "certificate.class", "domain-template", "domainTemplate", "tag-template",
            "tagTemplate", "default-external-scheme", "defaultExternalScheme", "rollout-duration", "rolloutDuration",
            "autocreate-cluster-domain-claims", "autocreateClusterDomainClaims", "http-protocol", "httpProtocol", "external-domain-tls",
            "auto-tls", "autoTLS", "cluster-local-domain-tls", NetworkConfig.ExternalPortKey, NetworkConfig.ExternalHttpsPortKey,
        ],
        [
            "system-internal-tls", "internal-encryption", "enable-mesh-pod-addressability", "enableMeshPodAddressability",
            "mesh-compatibility-mode", "namespace-wildcard-cert-selector",
        ]),
        [ObservabilityConfig.MapName] = (
        [
            "logging.revision-url-template", "logging.enable-request-log", "logging.request-log-template",
            "logging.enable-probe-request-log", "metrics-protocol", "metrics-endpoint", "metrics-export-interval",
            "request-metrics-protocol", "request-metrics-endpoint", "request-metrics-export-interval", "tracing-protocol",
            "tracing-endpoint", "tracing-sampling-rate",
        ], ["logging.enable-var-log-collection", "runtime-profiling", "runtime-export-interval"]),
        [LeaderElectionConfig.MapName] = ([], ["lease-duration", "renew-deadline", "retry-period", "buckets"]),
        ["config-certmanager"] = ([], ["issuerRef", "clusterLocalIssuerRef", "systemInternalIssuerRef"]),
    };
}
