using Kip.Resources;
using Kip.Rules.Admission;
using Shouldly;

namespace Kip.Tests.Admission;

public class SecureDefaultsTests
{
    private const string Simple = "{containers: [{image: a}]}";

    private static PlatformConfig Secure(string value, params (string, string)[] more) =>
        Ask.Config("config-features", [("secure-pod-defaults", value), .. more]);

    private static string? Context(string spec, PlatformConfig config) =>
        Ask.Default(Ask.Service(spec), config: config).Spec.Template.Spec.Containers[0].SecurityContext?.Text;

    [Theory]
    [InlineData("disabled", Simple, null)]
    [InlineData(
        "AllowRootBounded", Simple,
        """{"allowPrivilegeEscalation":false,"seccompProfile":{"type":"RuntimeDefault"},"capabilities":{"drop":["ALL"]}}""")]
    [InlineData("enabled", Simple,
        """{"allowPrivilegeEscalation":false,"seccompProfile":{"type":"RuntimeDefault"},"capabilities":{"drop":["ALL"]},"runAsNonRoot":true}""")]
    [InlineData("enabled", "{containers: [{image: a, ports: [{containerPort: 80}], securityContext: {runAsNonRoot: false, allowPrivilegeEscalation: true}}]}",
        """{"runAsNonRoot":false,"allowPrivilegeEscalation":true,"seccompProfile":{"type":"RuntimeDefault"},"capabilities":"""
        + """{"drop":["ALL"],"add":["NET_BIND_SERVICE"]}}""")]
    [InlineData(
        "enabled",
        "{securityContext: {seccompProfile: {type: Unconfined}}, containers: [{image: a, securityContext: {capabilities: {drop: [CHOWN]}}}]}",
        """{"capabilities":{"drop":["CHOWN"]},"allowPrivilegeEscalation":false,"runAsNonRoot":true}""")]
    public void Containers_get_what_they_leave_open(string value, string spec, string? context)
    {
        Context(spec, Secure(value)).ShouldBe(context);
        var service = Ask.Default(Ask.Service(spec), config: Secure(value));
        Ask.Default(service, service, config: Secure(value)).ShouldBeSameAs(service);
        Ask.Validate(service, config: Secure(value)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{securityContext: {runAsUser: 1}, containers: [{image: a}]}", "disabled", "spec.template.spec.securityContext: must not set the field(s)")]
    [InlineData(
        "{securityContext: {runAsUser: 1}, containers: [{image: a}]}", "enabled",
        "spec.template.spec.securityContext.runAsUser: must not set the field(s)")]
    [InlineData("{securityContext: {seccompProfile: {type: Localhost}}, containers: [{image: a}]}", "enabled",
        "spec.template.spec.securityContext.seccompProfile.type: invalid value: Localhost")]
    [InlineData("{containers: [{image: a, securityContext: {capabilities: {add: [NET_ADMIN]}}}]}", "enabled",
        "spec.template.spec.containers[0].securityContext.capabilities.add: must not set the field(s)")]
    [InlineData("{containers: [{image: a, securityContext: {capabilities: {add: [NET_BIND_SERVICE]}}}]}", "enabled", null)]
    public void They_bring_the_pods_seccomp_profile_and_low_ports_and_nothing_else(string spec, string value, string? error) =>
        Ask.Validate(Ask.Service(spec), config: Secure(value)).ShouldBe(error is null ? [] : [error]);

    [Theory]
    [InlineData("{runAsUser: 1, runAsGroup: 2, fsGroup: 3, supplementalGroups: [4], runAsNonRoot: true, seccompProfile: {type: Localhost}}", null)]
    [InlineData("{fsGroup: -1}", "fsGroup: expected 0 <= -1 <= 2147483647")]
    [InlineData("{supplementalGroups: [1, -1]}", "supplementalGroups[1]: expected 0 <= -1 <= 2147483647")]
    [InlineData("{sysctls: []}", "sysctls: must not set the field(s)")]
    [InlineData("{fsGroupChangePolicy: Always}", "fsGroupChangePolicy: must not set the field(s)")]
    [InlineData("{runAsNonRoot: 7}", "runAsNonRoot: invalid value: 7")]
    public void The_pods_own_context_has_rules_where_it_may_be_set(string context, string? error) =>
        Ask.Validate(
            Ask.Service($"{{securityContext: {context}, containers: [{{image: a}}]}}"),
            config: Ask.Config("config-features", ("kubernetes.podspec-securitycontext", "Allowed")))
            .ShouldBe(error is null ? [] : ["spec.template.spec.securityContext." + error]);

    [Fact]
    public void What_is_left_open_is_warned_of_unless_the_platform_closes_it()
    {
        string[] Warnings(string spec, PlatformConfig config) =>
            [.. AdmissionRules.Warnings(new AdmissionRequest(Ask.Service(spec), null, "jane", null, config))];

        Warnings(Simple, PlatformConfig.Default).Single().ShouldBe(
            "Kubernetes default value is insecure, Knative may default this to secure in a future release: "
            + string.Join(", ", new[] { "runAsNonRoot", "allowPrivilegeEscalation", "seccompProfile", "capabilities" }.Select(
                static f => "spec.template.spec.containers[0].securityContext." + f)));
        Warnings("{containers: [{image: a, securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, seccompProfile: {type: "
            + "RuntimeDefault}, capabilities: {drop: [all]}}}]}",
            PlatformConfig.Default).Single().ShouldEndWith("containers[0].securityContext.capabilities.drop");
        Warnings("{containers: [{image: a, securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, seccompProfile: {type: "
            + "RuntimeDefault}, capabilities: {drop: [ALL]}}}]}",
            PlatformConfig.Default).ShouldBeEmpty();
        Warnings("{containers: [{image: a}], initContainers: [{image: i}]}", PlatformConfig.Default).Single()
            .ShouldEndWith("spec.template.spec.initContainers[0].securityContext.capabilities");
        Warnings(Simple, Secure("enabled")).ShouldBeEmpty();
    }
}
