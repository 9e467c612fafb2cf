using Shouldly;

namespace Kip.Tests.Admission;

public class RevisionSpecValidationTests
{
    private const string At = "spec.template.spec.";
    private const string C = At + "containers[0].";

    [Theory]
    [InlineData("{containers: [{image: busybox}]}")]
    [InlineData("{containers: [{image: 'ghcr.io/acme/web:v1.2_x'}], timeoutSeconds: 600, containerConcurrency: 1000}")]
    [InlineData("{containers: [{image: 'localhost:5000/a/b', ports: [{name: h2c, containerPort: 9000}], readinessProbe: {httpGet: {path: /, port: h2c}}}]}")]
    [InlineData("{containers: [{image: a, volumeMounts: [{name: v, mountPath: /etc/x}]}], volumes: [{name: v, secret: {secretName: s}}]}")]
    [InlineData("{containers: [{image: a, volumeMounts: [{name: v, mountPath: /tmp/x}]}], volumes: [{name: v, emptyDir: {}}]}")]
    [InlineData("{containers: [{image: a, ports: [{containerPort: 8080}]}, {image: b, env: [{name: PORT, value: '1'}]}]}")]
    [InlineData("{containers: [{image: a, envFrom: [{configMapRef: {name: c}}], env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]}]}")]
    [InlineData("{containers: [{image: a, securityContext: {runAsUser: 1000, capabilities: {drop: [ALL]}}, resources: {limits: {memory: 128Mi}}}]}")]
    [InlineData("{containers: [{image: a, readinessProbe: {periodSeconds: 5, exec: {command: ['true']}}}], serviceAccountName: me}")]
    public void What_the_runtime_contract_allows_passes(string spec) => Ask.Validate(Ask.Service(spec)).ShouldBeEmpty();

    [Theory]
    [InlineData("{}", At + "containers: missing field(s)")]
    [InlineData("{containers: [{name: a}]}", C + "image: missing field(s)")]
    [InlineData("{containers: [{image: 'a'}], timeoutSeconds: 601}", At + "timeoutSeconds: expected 0 <= 601 <= 600")]
    [InlineData("{containers: [{image: 'a'}], containerConcurrency: -1}", At + "containerConcurrency: expected 0 <= -1 <= 1000")]
    [InlineData("{containers: [{image: 'a'}], restartPolicy: Never, hostname: x}", At + "restartPolicy, " + At + "hostname: must not set the field(s)")]
    [InlineData("{containers: [{image: 'a'}], nodeSelector: {a: b}}", At + "nodeSelector: must not set the field(s)")]
    [InlineData(
        "{containers: [{image: 'a'}], automountServiceAccountToken: true}",
        At + "automountServiceAccountToken: invalid value: true: only false may be set")]
    [InlineData("{containers: [{image: 'a', lifecycle: {}, stdin: true}]}", C + "lifecycle, " + C + "stdin: must not set the field(s)")]
    [InlineData("{containers: [{image: 'a', name: queue-proxy}]}", C + "name: \"queue-proxy\" is a reserved container name")]
    [InlineData("{containers: [{image: 'a', env: [{name: K_SERVICE, value: x}]}]}", C + "env[0].name: \"K_SERVICE\" is a reserved environment variable")]
    [InlineData("{containers: [{image: 'a', env: [{name: PORT, value: x}]}]}", C + "env[0].name: \"PORT\" is a reserved environment variable")]
    [InlineData("{containers: [{image: 'a', env: [{value: x}]}]}", C + "env[0].name: missing field(s)")]
    [InlineData(
        "{containers: [{image: 'a', env: [{name: A, valueFrom: {fieldRef: {fieldPath: x}}}]}]}",
        C + "env[0].valueFrom.fieldRef: must not set the field(s)")]
    [InlineData("{containers: [{image: 'a', envFrom: [{}]}]}", C + "envFrom[0].configMapRef, " + C + "envFrom[0].secretRef: expected exactly one, got neither")]
    [InlineData(
        "{containers: [{image: 'a', ports: [{containerPort: 8012}]}]}",
        C + "ports[0].containerPort: invalid value: 8012 is a reserved port: 8012 is a reserved port, please use a different value")]
    [InlineData("{containers: [{image: 'a', ports: [{containerPort: 80, hostPort: 80}]}]}", C + "ports[0].hostPort: must not set the field(s)")]
    [InlineData(
        "{containers: [{image: 'a', ports: [{containerPort: 80, name: grpc}]}]}",
        C + "ports[0].name: Port name grpc is not allowed: Name must be empty, or one of: 'h2c', 'http1'")]
    [InlineData("{containers: [{image: 'a', ports: [{containerPort: 80, protocol: UDP}]}]}", C + "ports[0].protocol: invalid value: UDP")]
    [InlineData("{containers: [{image: 'a', ports: [{containerPort: 80}, {containerPort: 81}]}]}",
        At + "containers[*].ports: more than one container port is set: Only a single port is allowed across all containers")]
    [InlineData("{containers: [{image: 'a'}, {image: 'b'}]}", At + "containers[*].ports: missing field(s)")]
    [InlineData(
        "{containers: [{image: 'a', readinessProbe: {httpGet: {path: /}, tcpSocket: {port: 1}}}]}",
        C + "readinessProbe.httpGet, " + C + "readinessProbe.tcpSocket: expected exactly one, got both")]
    [InlineData("{containers: [{image: 'a', livenessProbe: {periodSeconds: 1}}]}",
        C + "livenessProbe.httpGet, " + C + "livenessProbe.tcpSocket, " + C + "livenessProbe.exec, " + C
            + "livenessProbe.grpc: expected exactly one, got neither")]
    [InlineData(
        "{containers: [{image: 'a', readinessProbe: {failureThreshold: 3}}]}",
        C + "readinessProbe.failureThreshold: failureThreshold is disallowed when periodSeconds is zero")]
    [InlineData("{containers: [{image: 'a', readinessProbe: {periodSeconds: -1}}]}", C + "readinessProbe.periodSeconds: expected 0 <= -1 <= 2147483647")]
    [InlineData(
        "{containers: [{image: 'a', readinessProbe: {httpGet: {port: web}}}]}",
        C + "readinessProbe.httpGet.port: invalid value: web: Probe port must match container port")]
    [InlineData(
        "{containers: [{image: 'a', volumeMounts: [{name: v, mountPath: /x}]}]}",
        C + "volumeMounts[0].name: volumeMount has no matching volume: there is no volume \"v\"")]
    [InlineData(
        "{containers: [{image: 'a', volumeMounts: [{name: v, mountPath: /dev}]}], volumes: [{name: v, emptyDir: {}}]}",
        C + "volumeMounts[0].mountPath: mountPath \"/dev\" is a reserved path")]
    [InlineData("{containers: [{image: 'a', volumeMounts: [{name: v, mountPath: x/../y}]}], volumes: [{name: v, emptyDir: {}}]}",
        C + "volumeMounts[0].mountPath: invalid value: x/../y: must be an absolute path without . or .. or a slash at the end")]
    [InlineData("{containers: [{image: 'a'}], volumes: [{name: v, emptyDir: {}}]}", At + "volumes[0].name: volume with name \"v\" not mounted")]
    [InlineData(
        "{containers: [{image: 'a', volumeMounts: [{name: v, mountPath: /x}]}], volumes: [{name: v, hostPath: {path: /}}]}",
        At + "volumes[0].hostPath: must not set the field(s)")]
    [InlineData(
        "{containers: [{image: 'a', volumeMounts: [{name: v, mountPath: /x}]}], volumes: [{name: v, secret: {}}]}",
        At + "volumes[0].secret.secretName: missing field(s)")]
    [InlineData("{containers: [{image: 'a', securityContext: {privileged: true}}]}", C + "securityContext.privileged: invalid value: true")]
    [InlineData("{containers: [{image: 'a', securityContext: {procMount: x}}]}", C + "securityContext.procMount: must not set the field(s)")]
    [InlineData(
        "{containers: [{image: 'a', securityContext: {capabilities: {add: [ALL]}}}]}",
        C + "securityContext.capabilities.add: must not set the field(s)")]
    [InlineData("{containers: [{image: 'a', securityContext: {runAsUser: -1}}]}", C + "securityContext.runAsUser: expected 0 <= -1 <= 2147483647")]
    [InlineData(
        "{containers: [{image: 'a', resources: {limits: {memory: lots}}}]}",
        C + "resources.limits.memory: invalid value: lots: not a quantity such as 500m or 128Mi")]
    [InlineData("{containers: [{image: 'a', terminationMessagePolicy: Sometimes}]}", C + "terminationMessagePolicy: invalid value: Sometimes")]
    public void What_it_does_not_allow_is_told_by_field(string spec, string error) => Ask.Validate(Ask.Service(spec)).ShouldBe([error]);

    [Theory]
    [InlineData("A")]
    [InlineData("a:b c")]
    [InlineData("a@sha256:12")]
    [InlineData("http://host/image")]
    [InlineData("a//b")]
    [InlineData("host.example:99999/a")]
    public void An_image_must_be_a_reference(string image) =>
        Ask.Validate(Ask.Service($$"""{containers: [{image: '{{image}}'}]}""")).Single()
            .ShouldStartWith($"{C}image: Failed to parse image reference: image: \"{image}\", error: ");

    [Fact]
    public void A_probe_on_a_sidecar_and_several_containers_depend_on_features()
    {
        var service = Ask.Service("{containers: [{image: a, ports: [{containerPort: 80}]}, {image: b, livenessProbe: {tcpSocket: {port: 81}}}]}");

        Ask.Validate(service).ShouldBe([At + "containers[1].livenessProbe: must not set the field(s)"]);
        Ask.Validate(service, config: Ask.Config("config-features", ("multi-container-probing", "enabled"))).ShouldBeEmpty();
        Ask.Validate(service, config: Ask.Config("config-features", ("multi-container", "disabled"), ("multi-container-probing", "enabled")))
            .ShouldBe([At + "containers: multi-container is off, but found 2 containers"]);
    }

    [Fact]
    public void Limits_come_from_the_configuration()
    {
        Ask.Validate(
            Ask.Service("{containers: [{image: a}], timeoutSeconds: 900}"),
            config: Ask.Config("config-defaults", ("max-revision-timeout-seconds", "900"))).ShouldBeEmpty();
        Ask.Validate(Ask.Service("{containers: [{image: a}], containerConcurrency: 0}"),
            config: Ask.Config("config-defaults", ("allow-container-concurrency-zero", "false"), ("container-concurrency", "5")))
            .ShouldBe([At + "containerConcurrency: expected 1 <= 0 <= 1000"]);
    }
}
