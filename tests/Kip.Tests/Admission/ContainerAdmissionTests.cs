using Kip.Rules.Admission;
using Shouldly;

namespace Kip.Tests.Admission;

/// <summary>Names, probes, mounts and init containers of a Revision's pod.</summary>
public class ContainerAdmissionTests
{
    private const string At = "spec.template.spec.";
    private const string C = At + "containers[0].";

    private static readonly PlatformConfig Init = Ask.Config("config-features", ("kubernetes.podspec-init-containers", "enabled"));
    private static readonly PlatformConfig Probing = Ask.Config("config-features", ("multi-container-probing", "enabled"));

    private static Kip.Resources.Core.Container[] Default(string spec, PlatformConfig? config = null) =>
        [.. Ask.Default(Ask.Service(spec), config: config).Spec.Template.Spec.Containers];

    [Theory]
    [InlineData("{containers: [{image: a}]}", "user-container")]
    [InlineData("{containers: [{image: a, ports: [{containerPort: 80}]}, {image: b}]}", "user-container-0 user-container-1")]
    [InlineData("{containers: [{image: a, ports: [{containerPort: 80}]}, {image: b, name: mine}]}", "user-container mine")]
    [InlineData("{containers: [{image: a, ports: [{containerPort: 80}]}, {image: b, name: user-container}]}", "user-container-0 user-container")]
    [InlineData("{containers: [{image: a, ports: [{containerPort: 80}]}, {image: b, name: user-container-0}, {image: c}]}",
        "user-container-1 user-container-0 user-container-2")]
    public void A_container_without_a_name_gets_the_next_that_is_free(string spec, string names) =>
        string.Join(' ', Default(spec).Select(static c => c.Name)).ShouldBe(names);

    [Theory]
    [InlineData("{image: a, name: x}, {image: b, name: x, ports: [{containerPort: 80}]}", "containers[1].name: duplicate container name \"x\"")]
    [InlineData("{image: a, name: queue-proxy}", "containers[0].name: \"queue-proxy\" is a reserved container name")]
    public void Names_are_apart_and_one_is_reserved(string containers, string error) =>
        Ask.Validate(Ask.Service($"{{containers: [{containers}]}}")).ShouldBe([At + error]);

    [Fact]
    public void Init_containers_have_a_name_of_their_own_kind_and_no_probes()
    {
        var named = Ask.Default(Ask.Service("{containers: [{image: a}], initContainers: [{image: i}]}"), config: Init);
        named.Spec.Template.Spec.InitContainers.Single().Name.ShouldBe("init-container");
        named.Spec.Template.Spec.InitContainers.Single().ReadinessProbe.ShouldBeNull();

        Ask.Validate(Ask.Service("{containers: [{image: a}], initContainers: [{image: i, env: [{name: PORT, value: '1'}], ports: [{containerPort: "
            + "1}, {containerPort: 2}]}]}"), config: Init)
            .ShouldBeEmpty();
        foreach (var probe in (string[])["livenessProbe", "readinessProbe", "startupProbe"])
            Ask.Validate(Ask.Service($"{{containers: [{{image: a}}], initContainers: [{{image: i, {probe}: {{tcpSocket: {{port: 1}}}}}}]}}"), config: Init)
                .ShouldBe([$"{At}initContainers[0].{probe}: field not allowed in an init container"]);
        Ask.Validate(Ask.Service("{containers: [{image: a}], initContainers: [{image: i, lifecycle: {}}]}"), config: Init)
            .ShouldContain($"{At}initContainers[0].lifecycle: field not allowed in an init container");
    }

    [Theory]
    [InlineData("readinessProbe: {httpGet: {path: /}}", 0, 0, 0, 1)]
    [InlineData("readinessProbe: {periodSeconds: 4, httpGet: {path: /}}", 4, 1, 3, 1)]
    [InlineData("readinessProbe: {periodSeconds: 4, timeoutSeconds: 2, failureThreshold: 7, successThreshold: 2}", 4, 2, 7, 2)]
    public void A_readiness_probe_is_filled_in_and_its_period_never(string probe, int period, int timeout, int failures, int successes)
    {
        var filled = Default($"{{containers: [{{image: a, {probe}}}]}}").Single().ReadinessProbe!;

        (filled.PeriodSeconds, filled.TimeoutSeconds, filled.FailureThreshold, filled.SuccessThreshold).ShouldBe((period, timeout, failures, successes));
        (filled.HttpGet is null).ShouldBe(filled.TcpSocket is not null, "without a handler it asks whether the port is open");
    }

    [Fact]
    public void A_grpc_probe_asks_for_the_whole_server_unless_it_says_which_service()
    {
        var container = Default("{containers: [{image: a, readinessProbe: {grpc: {port: 1}}, livenessProbe: {grpc: {port: 1, service: s}}, "
            + "startupProbe: {grpc: {port: 1}}}]}").Single();

        (container.ReadinessProbe!.Grpc!.Service, container.LivenessProbe!.Grpc!.Service, container.StartupProbe!.Grpc!.Service).ShouldBe(("", "s", ""));
    }

    [Fact]
    public void Only_the_container_that_serves_gets_a_readiness_probe()
    {
        var containers = Default("{containers: [{image: a}, {image: b, ports: [{containerPort: 80}]}]}");
        containers.Select(static c => c.ReadinessProbe is not null).ShouldBe([false, true]);
    }

    [Fact]
    public void A_probe_that_a_sidecar_states_needs_no_more_numbers_than_that_of_what_serves()
    {
        var service = Ask.Service("""
            {containers: [{image: a, ports: [{containerPort: 80}]}, {image: b, readinessProbe: {periodSeconds: 2, httpGet: {port: 81}}}]}
            """);
        var config = Ask.Config("config-features", ("multi-container-probing", "enabled"));

        var probe = Ask.Default(service, config: config).Spec.Template.Spec.Containers[1].ReadinessProbe!;

        (probe.SuccessThreshold, probe.FailureThreshold, probe.TimeoutSeconds).ShouldBe((1, 3, 1));
        Ask.Validate(service, config: config).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("readinessProbe: {periodSeconds: 5, timeoutSeconds: -1}", "readinessProbe.timeoutSeconds: expected 1 <= -1 <= 2147483647")]
    [InlineData("readinessProbe: {periodSeconds: 5, failureThreshold: -1}", "readinessProbe.failureThreshold: expected 1 <= -1 <= 2147483647")]
    [InlineData("readinessProbe: {successThreshold: -1}", "readinessProbe.successThreshold: expected 1 <= -1 <= 2147483647")]
    [InlineData("readinessProbe: {timeoutSeconds: 1}", "readinessProbe.timeoutSeconds: timeoutSeconds is disallowed when periodSeconds is zero")]
    [InlineData(
        "ports: [{containerPort: 80, name: h2c}], readinessProbe: {httpGet: {port: http1}}",
        "readinessProbe.httpGet.port: invalid value: http1: Probe port must match container port")]
    public void A_readiness_probe_has_bounds(string container, string error) =>
        Ask.Validate(Ask.Service($"{{containers: [{{image: a, {container}}}]}}")).ShouldBe([C + error]);

    [Fact]
    public void A_sidecar_says_which_port_its_probe_asks()
    {
        const string Sidecar = "{{containers: [{{image: a, ports: [{{containerPort: 80}}]}}, {{image: b, livenessProbe: {{{0}}}}}]}}";

        Ask.Validate(Ask.Service(string.Format(System.Globalization.CultureInfo.InvariantCulture, Sidecar, "httpGet: {path: /}")), config: Probing)
            .ShouldBe([At + "containers[1].livenessProbe.httpGet.port: invalid value: 0: Probe port must be specified"]);
        Ask.Validate(Ask.Service(string.Format(System.Globalization.CultureInfo.InvariantCulture, Sidecar, "httpGet: {path: /, port: 90}")), config: Probing)
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{name: v, mountPath: /a}, {name: v, mountPath: /a}", "volumeMounts[1].mountPath: invalid value: \"/a\" must be unique")]
    [InlineData("{name: v, mountPath: /dev/log}", "volumeMounts[0].mountPath: mountPath \"/dev/log\" is a reserved path")]
    [InlineData("{name: v, mountPath: /}", "volumeMounts[0].mountPath: mountPath \"/\" is a reserved path")]
    [InlineData("{name: v, mountPath: /a, subPathExpr: $(A)}", "volumeMounts[0].subPathExpr: must not set the field(s)")]
    [InlineData("{name: v, mountPath: /a, subPath: b}", null)]
    [InlineData("{name: v, mountPath: /dev/other}", null)]
    public void Mounts_have_paths_of_their_own(string mounts, string? error) =>
        Ask.Validate(Ask.Service($"{{containers: [{{image: a, volumeMounts: [{mounts}]}}], volumes: [{{name: v, emptyDir: {{}}}}]}}"))
            .ShouldBe(error is null ? [] : [C + error]);

    [Fact]
    public void A_mount_that_may_be_written_is_of_a_volume_that_can()
    {
        // Only a stored object that was never filled in can ask for it: defaulting makes such a mount read-only.
        var service = Ask.Service("{containers: [{image: a, readinessProbe: {tcpSocket: {}, successThreshold: 1}, volumeMounts: [{name: v, "
            + "mountPath: /v}]}], volumes: [{name: v, configMap: {name: c}}]}");

        AdmissionRules.Validate(new AdmissionRequest(service, null, "jane", null, PlatformConfig.Default)).Select(static e => $"{e.Field}: {e.Sentence}")
            .ShouldContain(C + "volumeMounts[0].readOnly: volume mount should be readOnly for this type of volume");
    }

    [Theory]
    [InlineData("env: [{name: A, valueFrom: {configMapKeyRef: {name: c}}}]", "env[0].valueFrom.configMapKeyRef.key: missing field(s)")]
    [InlineData("env: [{name: A, valueFrom: {secretKeyRef: {key: k}}}]", "env[0].valueFrom.secretKeyRef.name: missing field(s)")]
    [InlineData("env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k, optional: true}}}]", null)]
    [InlineData("envFrom: [{prefix: P_, secretRef: {name: s, optional: true}}]", null)]
    [InlineData("envFrom: [{configMapRef: {name: c}, secretRef: {name: s}}]", "envFrom[0].configMapRef, @envFrom[0].secretRef: expected exactly one, got both")]
    public void A_variable_says_where_it_comes_from(string container, string? error) =>
        Ask.Validate(Ask.Service($"{{containers: [{{image: a, {container}}}]}}"))
            .ShouldBe(error is null ? [] : [C + error.Replace("@", C, StringComparison.Ordinal)]);

    [Theory]
    [InlineData("tty: true", "tty")]
    [InlineData("stdinOnce: true", "stdinOnce")]
    [InlineData("volumeDevices: [{name: d, devicePath: /d}]", "volumeDevices")]
    [InlineData("restartPolicy: Always", "restartPolicy")]
    [InlineData("resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}]", "resizePolicy")]
    [InlineData("securityContext: {seLinuxOptions: {level: a}}", "securityContext.seLinuxOptions")]
    [InlineData("securityContext: {windowsOptions: {}}", "securityContext.windowsOptions")]
    public void What_a_container_may_not_say(string container, string field) =>
        Ask.Validate(Ask.Service($"{{containers: [{{image: a, {container}}}]}}")).ShouldBe([$"{C}{field}: must not set the field(s)"]);

    [Theory]
    [InlineData("config-defaults", "enable-service-links", "true", true)]
    [InlineData("config-defaults", "enable-service-links", "false", false)]
    [InlineData("config-defaults", "enable-service-links", "default", null)]
    public void Links_to_services_are_as_the_platform_says_where_the_template_does_not(string map, string key, string value, bool? links)
    {
        Ask.Default(Ask.Service("{containers: [{image: a}]}"), config: Ask.Config(map, (key, value))).Spec.Template.Spec.EnableServiceLinks.ShouldBe(links);
        Ask.Default(
            Ask.Service("{containers: [{image: a}], enableServiceLinks: true}"),
            config: Ask.Config(map, (key, value))).Spec.Template.Spec.EnableServiceLinks.ShouldBe(true);
    }

    [Theory]
    [InlineData("serviceAccountName: Not_A_Name", "serviceAccountName")]
    public void An_account_has_a_name_that_can_be(string field, string at) =>
        Ask.Validate(Ask.Service($"{{containers: [{{image: a}}], {field}}}")).ShouldHaveSingleItem().ShouldStartWith($"{At}{at}: ");
}
