using Kip.Rules.Serving.Configs;
using Shouldly;

namespace Kip.Tests.Admission;

/// <summary>Fields of a pod that wait for a feature of <c>config-features</c>, and those that no feature lets in.</summary>
public class PodSpecFeatureTests
{
    private const string At = "spec.template.spec.";

    [Theory]
    [InlineData("affinity", "affinity: {nodeAffinity: {}}", "kubernetes.podspec-affinity")]
    [InlineData("topologySpreadConstraints", "topologySpreadConstraints: [{maxSkew: 1}]", "kubernetes.podspec-topologyspreadconstraints")]
    [InlineData("hostAliases", "hostAliases: [{ip: 10.0.0.1, hostnames: [db]}]", "kubernetes.podspec-hostaliases")]
    [InlineData("nodeSelector", "nodeSelector: {disk: ssd}", "kubernetes.podspec-nodeselector")]
    [InlineData("runtimeClassName", "runtimeClassName: gvisor", "kubernetes.podspec-runtimeclassname")]
    [InlineData("tolerations", "tolerations: [{key: a}]", "kubernetes.podspec-tolerations")]
    [InlineData("securityContext", "securityContext: {runAsUser: 1}", "kubernetes.podspec-securitycontext")]
    [InlineData("shareProcessNamespace", "shareProcessNamespace: true", "kubernetes.podspec-shareprocessnamespace")]
    [InlineData("priorityClassName", "priorityClassName: high", "kubernetes.podspec-priorityclassname")]
    [InlineData("schedulerName", "schedulerName: mine", "kubernetes.podspec-schedulername")]
    [InlineData("initContainers", "initContainers: [{image: i}]", "kubernetes.podspec-init-containers")]
    [InlineData("dnsPolicy", "dnsPolicy: Default", "kubernetes.podspec-dnspolicy")]
    [InlineData("dnsConfig", "dnsConfig: {nameservers: [10.0.0.1]}", "kubernetes.podspec-dnsconfig")]
    [InlineData("hostIPC", "hostIPC: true", "kubernetes.podspec-hostipc")]
    [InlineData("hostPID", "hostPID: true", "kubernetes.podspec-hostpid")]
    [InlineData("hostNetwork", "hostNetwork: true", "kubernetes.podspec-hostnetwork")]
    public void A_field_is_refused_unless_its_feature_is_allowed_or_enabled(string field, string yaml, string feature)
    {
        var service = Ask.Service($"{{containers: [{{image: a}}], {yaml}}}");

        Ask.Validate(service).ShouldBe([$"{At}{field}: must not set the field(s)"]);
        Ask.Validate(service, config: Ask.Config("config-features", (feature, "Allowed"))).ShouldBeEmpty();
        Ask.Validate(service, config: Ask.Config("config-features", (feature, "enabled"))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("restartPolicy: Always", "restartPolicy")]
    [InlineData("terminationGracePeriodSeconds: 5", "terminationGracePeriodSeconds")]
    [InlineData("activeDeadlineSeconds: 5", "activeDeadlineSeconds")]
    [InlineData("nodeName: here", "nodeName")]
    [InlineData("hostname: me", "hostname")]
    [InlineData("subdomain: us", "subdomain")]
    [InlineData("priority: 5", "priority")]
    [InlineData("readinessGates: [{conditionType: a}]", "readinessGates")]
    [InlineData("overhead: {cpu: 1m}", "overhead")]
    [InlineData("ephemeralContainers: [{name: a}]", "ephemeralContainers")]
    [InlineData("setHostnameAsFQDN: true", "setHostnameAsFQDN")]
    [InlineData("os: {name: linux}", "os")]
    public void Other_fields_are_never_let_in(string yaml, string field) =>
        Ask.Validate(Ask.Service($"{{containers: [{{image: a}}], {yaml}}}"), config: new(
            new Dictionary<string, Kip.Resources.StringMap>
            {
                [FeaturesConfig.MapName] = Kip.Resources.StringMap.From(FeaturesConfig.Known
                    .Where(static f => f != "secure-pod-defaults").Select(static f => KeyValuePair.Create(f, "enabled"))),
            })).ShouldBe([$"{At}{field}: must not set the field(s)"]);

    [Fact]
    public void All_features_but_two_are_off_and_a_word_that_is_none_changes_nothing()
    {
        var on = FeaturesConfig.Known.Where(FeaturesConfig.Default.Permits);
        on.ShouldBe([FeaturesConfig.MultiContainer, FeaturesConfig.EmptyDir]);

        var odd = new FeaturesConfig(Kip.Resources.StringMap.Of((FeaturesConfig.MultiContainer, "perhaps"), (FeaturesConfig.FieldRef, "aLLOWed")));
        (odd.IsEnabled(FeaturesConfig.MultiContainer), odd.Permits(FeaturesConfig.FieldRef), odd.IsEnabled(FeaturesConfig.FieldRef))
            .ShouldBe((true, true, false));
    }

    [Theory]
    [InlineData("{containers: [{image: a, env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]}]}", FeaturesConfig.FieldRef)]
    [InlineData("{containers: [{image: a, env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}]}]}", FeaturesConfig.FieldRef)]
    [InlineData("{containers: [{image: a, securityContext: {capabilities: {add: [NET_ADMIN]}}}]}", FeaturesConfig.AddCapabilities)]
    [InlineData("{containers: [{image: a, volumeMounts: [{name: v, mountPath: /v, mountPropagation: HostToContainer}]}], volumes: [{name: v, emptyDir: {}}]}",
        FeaturesConfig.MountPropagation)]
    public void Some_fields_of_a_container_wait_for_a_feature_too(string spec, string feature)
    {
        Ask.Validate(Ask.Service(spec)).ShouldHaveSingleItem().ShouldEndWith(": must not set the field(s)");
        Ask.Validate(Ask.Service(spec), config: Ask.Config("config-features", (feature, "enabled"))).ShouldBeEmpty();
    }
}
