using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Admission;
using Kip.Rules.Serving.Configs;
using Kip.Tests.Admission;
using Shouldly;

namespace Kip.Tests.Serving;

public class ServingConfigMapTests
{
    private static ConfigMap Map(string name, params (string, string)[] data) =>
        new() { Metadata = new ObjectMeta { Name = name, Namespace = "knative-serving" }, Data = StringMap.Of(data) };

    [Theory]
    [InlineData("config-gc", "min-non-active-revisions", "-1", "data[min-non-active-revisions]: expected 0 <= -1 <= 2147483647")]
    [InlineData(
        "config-gc", "max-non-active-revisions", "5",
        "data[max-non-active-revisions]: min-non-active-revisions(20) must be <= max-non-active-revisions(5)")]
    [InlineData("config-gc", "retain-since-create-time", "soon", "data[retain-since-create-time]: \"soon\" is neither a duration such as 48h nor disabled")]
    [InlineData("config-gc", "retain-since-create-time", "-1h", "data[retain-since-create-time]: retain-since-create-time must be non-negative, was -1h")]
    [InlineData("config-gc", "retain-since-create-time", "Disabled", null)]
    [InlineData("config-network", "http-protocol", "ftp", "data[http-protocol]: httpProtocol ftp in config-network ConfigMap is not supported")]
    [InlineData("config-network", "http-protocol", "redirected", null)]
    [InlineData("config-network", "rollout-duration", "-5", "data[rollout-duration]: expected 0 <= -5 <= 2147483647")]
    [InlineData("config-network", "rolloutDuration", "1m", "data[rolloutDuration]: \"1m\" is not a whole number")]
    [InlineData(
        "config-network", "autocreate-cluster-domain-claims", "perhaps",
        "data[autocreate-cluster-domain-claims]: \"perhaps\" is neither true nor false")]
    [InlineData("config-network", "auto-tls", "Enabled", null)]
    [InlineData(
        "config-network", "system-internal-tls", "Enabled",
        "data[system-internal-tls]: there is nothing to encrypt: the gateway reaches pods on this machine only")]
    [InlineData("config-network", "mesh-compatibility-mode", "enabled", "data[mesh-compatibility-mode]: there is no service mesh on this platform")]
    [InlineData("config-network", "mesh-compatibility-mode", "auto", null)]
    [InlineData("config-network", "namespace-wildcard-cert-selector", "{}",
        "data[namespace-wildcard-cert-selector]: wildcard certificates are not made: with external-domain-tls every name gets its own at once")]
    [InlineData("config-observability", "metrics-protocol", "carrier-pigeon",
        "data[metrics-protocol]: \"carrier-pigeon\" is not one of none, prometheus, http/protobuf, grpc")]
    [InlineData("config-observability", "tracing-protocol", "grpc", "data[tracing-endpoint]: endpoint should be set when protocol is \"grpc\"")]
    [InlineData("config-observability", "tracing-endpoint", "x:1", "data[tracing-endpoint]: endpoint should not be set when protocol is \"none\"")]
    [InlineData("config-observability", "tracing-sampling-rate", "1.5", "data[tracing-sampling-rate]: expected 0 <= 1.5 <= 1")]
    [InlineData("config-observability", "logging.enable-var-log-collection", "true",
        "data[logging.enable-var-log-collection]: files below /var/log are not collected; write to standard output")]
    [InlineData("config-network", "system-internal-tls", "x", "data[system-internal-tls]: \"x\" is not one of Enabled, Disabled")]
    [InlineData("config-network", "internal-encryption", "x", "data[internal-encryption]: \"x\" is neither true nor false")]
    [InlineData("config-network", "internal-encryption", "false", null)]
    [InlineData("config-network", "external-domain-tls", "x", "data[external-domain-tls]: \"x\" is not one of Enabled, Disabled")]
    [InlineData("config-network", "enable-mesh-pod-addressability", "x", "data[enable-mesh-pod-addressability]: \"x\" is neither true nor false")]
    [InlineData("config-deployment", "queue-sidecar-cpu-request", "much", "data[queue-sidecar-cpu-request]: \"much\" is not a quantity such as 500m or 128Mi")]
    [InlineData("config-deployment", "queue-sidecar-memory-limit", "64Mi", null)]
    [InlineData("config-deployment", "default-affinity-type", "far",
        "data[default-affinity-type]: \"far\" is not one of prefer-spread-revision-over-nodes, none")]
    [InlineData("config-deployment", "pod-is-always-schedulable", "x", "data[pod-is-always-schedulable]: \"x\" is neither true nor false")]
    [InlineData("config-observability", "runtime-export-interval", "often",
        "data[runtime-export-interval]: \"often\" is not a duration such as 10s or 1m30s")]
    [InlineData("config-leader-election", "buckets", "11", "data[buckets]: expected 1 <= 11 <= 10")]
    [InlineData("config-leader-election", "lease-duration", "5s",
        "data[lease-duration]: lease-duration must be longer than renew-deadline, and that longer than retry-period")]
    [InlineData(
        "config-logging", "loglevel.controller", "loud",
        "data[loglevel.controller]: \"loud\" is not one of debug, info, warn, error, dpanic, panic, fatal")]
    [InlineData("config-logging", "zap-logger-config", "{", "data[zap-logger-config]: is not a JSON object")]
    [InlineData("config-logging", "zap-logger-config", "{}", null)]
    public void A_setting_is_checked_before_it_is_stored(string name, string key, string value, string? error) =>
        Ask.Validate(Map(name, (key, value))).ShouldBe(error is null ? [] : [error]);

    [Fact]
    public void Settings_of_another_namespace_are_nobodys_business() =>
        Ask.Validate(Map("config-gc", ("min-non-active-revisions", "x")) with { Metadata = new ObjectMeta { Name = "config-gc", Namespace = "default" } })
            .ShouldBeEmpty();

    // The sum that Knative's own release has for this text (its config-domain).
    [Fact]
    public void The_checksum_of_an_example_is_knatives()
    {
        ExampleChecksum.Of("\n# a\r\n\r\n\n# b\n").ShouldBe(ExampleChecksum.Of("# a\n# b"), "line ends at the edges and in a row do not count");
        ExampleChecksum.Of("123456789").ShouldBe("cbf43926", "the check value of CRC-32");
    }

    [Fact]
    public void Editing_the_explanation_instead_of_a_setting_is_refused()
    {
        var map = Map("config-gc", ("_example", "min-non-active-revisions: \"20\""));
        map = map with { Metadata = map.Metadata with { Annotations = StringMap.Of(
            ("knative.dev/example-checksum", ExampleChecksum.Of(map.Data["_example"]))) } };
        Ask.Validate(map).ShouldBeEmpty();

        Ask.Validate(map with { Data = StringMap.Of(("_example", "min-non-active-revisions: \"2\"")) }).Single().ShouldStartWith(
            ": the update modifies a key in \"_example\" which is probably not what you want. Instead, copy the respective setting to the top-level");
    }

    [Fact]
    public void Certificates_without_a_port_to_show_them_at_are_warned_of()
    {
        string[] Warnings(params (string, string)[] data) =>
            [.. AdmissionRules.Warnings(new AdmissionRequest(Map("config-network", data), null, "jane", null, PlatformConfig.Default))];

        Warnings(("external-domain-tls", "Enabled")).Single()
            .ShouldBe("config-network: URLs will be https, but this platform does not listen for it; start it with --https HOST:PORT");
        Warnings(("external-domain-tls", "Enabled"), ("kip.external-https-port", "8443")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("config-network", "ingress-class",
        "config-network: this platform's gateway does not serve the ingress-class 1: Routes wait for one that does")]
    [InlineData("config-gc", "min-non-active-revision", "config-gc: \"min-non-active-revision\" has no effect: there is no such setting")]
    [InlineData(
        "config-deployment", "queue-sidecar-image",
        "config-deployment: \"queue-sidecar-image\" has no effect: it concerns parts that this platform does not have")]
    [InlineData(
        "config-autoscaler", "activator-capacity",
        "config-autoscaler: \"activator-capacity\" has no effect: it concerns parts that this platform does not have")]
    [InlineData("config-autoscaler", "stable-window", null)]
    [InlineData("config-domain", "example.org", null)]
    [InlineData("config-gc", "_anything", null)]
    [InlineData("my-own", "anything", null)]
    [InlineData("config-network", "rollout-duration", null)]
    public void A_setting_that_changes_nothing_is_told_to_whoever_sets_it(string name, string key, string? warning) =>
        AdmissionRules.Warnings(new AdmissionRequest(Map(name, (key, "1")), null, "jane", null, PlatformConfig.Default))
            .ShouldBe(warning is null ? [] : [warning]);

    [Theory]
    [InlineData("multi-container", "true", "config-features: \"multi-container\" keeps its default: \"true\" is not Enabled, Allowed or Disabled")]
    [InlineData("multi-container", "allowed", null)]
    [InlineData("secure-pod-defaults", "Allowed",
        "config-features: \"secure-pod-defaults\" keeps its default: \"Allowed\" is not Enabled, AllowRootBounded or Disabled")]
    [InlineData("secure-pod-defaults", "AllowRootBounded", null)]
    public void A_feature_whose_value_is_none_keeps_its_default_and_whoever_sets_it_is_told(string key, string value, string? warning) =>
        AdmissionRules.Warnings(new AdmissionRequest(Map("config-features", (key, value)), null, "jane", null, PlatformConfig.Default))
            .ShouldBe(warning is null ? [] : [warning]);
}
