using Kip.Rules.Admission;
using Shouldly;

namespace Kip.Tests.Admission;

public class VolumeValidationTests
{
    private static readonly PlatformConfig All = Ask.Config("config-features",
        [.. new[] { "hostpath", "image", "csi", "ephemeral" }.Select(
            static f => ($"kubernetes.podspec-volumes-{f}", "enabled")), ("kubernetes.podspec-persistent-volume-claim", "enabled")]);

    private static string[] Errors(string source, PlatformConfig? config = null) => Ask.Validate(
        Ask.Service($"{{containers: [{{image: a, volumeMounts: [{{name: v, mountPath: /v}}]}}], volumes: [{{name: v, {source}}}]}}"), config: config ?? All);

    [Theory]
    [InlineData("emptyDir: {medium: Memory, sizeLimit: 10Mi}")]
    [InlineData("projected: {sources: [{secret: {name: s, items: [{key: k, path: p}]}}, {configMap: {name: c}}, {serviceAccountToken: {path: t, "
        + "audience: api}}, {downwardAPI: {items: [{path: l, fieldRef: {fieldPath: metadata.labels}}]}}]}")]
    [InlineData("hostPath: {path: /tmp}")]
    [InlineData("persistentVolumeClaim: {claimName: c, readOnly: true}")]
    [InlineData("image: {reference: a, pullPolicy: Always}")]
    [InlineData("csi: {driver: d}")]
    public void A_source_that_is_whole_passes(string source) => Errors(source).ShouldBeEmpty();

    [Theory]
    [InlineData("emptyDir: {medium: Disk}", "emptyDir.medium: invalid value: Disk")]
    [InlineData("emptyDir: {sizeLimit: -1Mi}", "emptyDir.sizeLimit: invalid value: -1Mi")]
    [InlineData("emptyDir: 7", "emptyDir: invalid value: 7")]
    [InlineData("projected: {sources: [{}]}",
        "projected.sources[0].secret, @projected.sources[0].configMap, @projected.sources[0].serviceAccountToken, @projected.sources[0].downwardAPI: "
        + "expected exactly one, got neither")]
    [InlineData("projected: {sources: [{secret: {name: s}, configMap: {name: c}}]}",
        "projected.sources[0].secret, @projected.sources[0].configMap: expected exactly one, got both")]
    [InlineData("projected: {sources: [{secret: {}}]}", "projected.sources[0].secret.name: missing field(s)")]
    [InlineData("projected: {sources: [{serviceAccountToken: {}}]}", "projected.sources[0].serviceAccountToken.path: missing field(s)")]
    [InlineData("projected: {sources: [{configMap: {name: c, items: [{path: p}]}}]}", "projected.sources[0].configMap.items[0].key: missing field(s)")]
    [InlineData("projected: {sources: [{downwardAPI: {items: [{path: p}]}}]}",
        "projected.sources[0].downwardAPI.items[0].fieldRef, @projected.sources[0].downwardAPI.items[0].resourceFieldRef: expected exactly one, got neither")]
    [InlineData("persistentVolumeClaim: {claimName: c}",
        "persistentVolumeClaim.readOnly: Persistent volume write support is off, but found persistent volume claim v that is not read-only")]
    [InlineData("image: {}", "image.reference: missing field(s)")]
    [InlineData("image: {reference: a, pullPolicy: Sometimes}", "image.pullPolicy: invalid value: Sometimes")]
    [InlineData("hostPath: {}", "hostPath.path: missing field(s)")]
    public void What_is_missing_or_wrong_is_told_by_field(string source, string error) =>
        Errors(source).ShouldBe(["spec.template.spec.volumes[0]." + error.Replace("@", "spec.template.spec.volumes[0].", StringComparison.Ordinal)]);

    [Theory]
    [InlineData("hostPath: {path: /}")]
    [InlineData("persistentVolumeClaim: {claimName: c, readOnly: true}")]
    [InlineData("image: {reference: a}")]
    [InlineData("csi: {driver: d}")]
    [InlineData("ephemeral: {}")]
    [InlineData("downwardAPI: {}")]
    [InlineData("nfs: {}")]
    public void Other_sources_wait_for_their_feature_or_are_never_there(string source) =>
        Errors(source, PlatformConfig.Default).ShouldBe([$"spec.template.spec.volumes[0].{source.Split(':')[0]}: must not set the field(s)"]);

    [Fact]
    public void A_claim_may_be_written_where_both_features_say_so()
    {
        var config = Ask.Config(
            "config-features", ("kubernetes.podspec-persistent-volume-claim", "enabled"), ("kubernetes.podspec-persistent-volume-write", "enabled"));
        Errors("persistentVolumeClaim: {claimName: c}", config).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("queue.sidecar.serving.knative.dev/resource-percentage", "0.05", "expected 0.1 <= 0.05 <= 100")]
    [InlineData("queue.sidecar.serving.knative.dev/resourcePercentage", "many", "invalid value: many")]
    [InlineData("queue.sidecar.serving.knative.dev/cpu-resource-request", "x", "invalid value: x")]
    [InlineData("queue.sidecar.serving.knative.dev/cpu-resource-request", "100m", null)]
    public void Annotations_of_the_sidecar_are_checked_though_there_is_none(string key, string value, string? error)
    {
        var service = Ask.Service("{containers: [{image: a}]}", templateMetadata: $"{{annotations: {{{key}: '{value}'}}}}");

        Ask.Validate(service).ShouldBe(error is null ? [] : [$"spec.template.metadata.annotations.{key}: {error}"]);
        AdmissionRules.Warnings(new AdmissionRequest(service, null, "jane", null, PlatformConfig.Default))
            .ShouldContain($"\"{key}\" has no effect: this platform has no sidecar");
    }
}
