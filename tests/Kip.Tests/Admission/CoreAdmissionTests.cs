using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Testing.Serving;
using Shouldly;

namespace Kip.Tests.Admission;

public class CoreAdmissionTests
{
    private static Deployment Deployment(string spec) =>
        Yaml.One<Deployment>($$"""{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {{spec}} }""");

    private static Pod Pod(string spec) => Yaml.One<Pod>($$"""{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {{spec}} }""");

    private static Service Service(string spec) => Yaml.One<Service>($$"""{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {{spec}} }""");

    private const string Template = "template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: 'nginx:1'}]}}";
    private const string Selector = "selector: {matchLabels: {app: web}}";

    [Fact]
    public void A_deployment_gets_kubernetes_defaults()
    {
        var spec = Ask.Default(Deployment($"{{{Selector}, {Template}}}")).Spec;

        (spec.Replicas, spec.RevisionHistoryLimit, spec.ProgressDeadlineSeconds).ShouldBe((1, 10, 600));
        spec.Strategy.ShouldBe(new DeploymentStrategy
        {
            Type = "RollingUpdate", RollingUpdate = new RollingUpdateDeployment { MaxSurge = "25%", MaxUnavailable = "25%" },
        });
        var pod = spec.Template.Spec;
        (pod.RestartPolicy, pod.DnsPolicy, pod.SchedulerName, pod.TerminationGracePeriodSeconds).ShouldBe(("Always", "ClusterFirst", "default-scheduler", 30L));
        (pod.Containers[0].ImagePullPolicy, pod.Containers[0].TerminationMessagePath, pod.Containers[0].TerminationMessagePolicy)
            .ShouldBe(("IfNotPresent", "/dev/termination-log", "File"));
    }

    [Fact]
    public void Defaulting_twice_changes_nothing()
    {
        var deployment = Ask.Default(Deployment($"{{{Selector}, {Template}}}"));
        Ask.Default(deployment, deployment).ShouldBeSameAs(deployment);
        var pod = Ask.Default(Pod("{containers: [{name: a, image: b, readinessProbe: {httpGet: {port: 80}}, ports: [{containerPort: 80}]}]}"));
        Ask.Default(pod, pod).ShouldBeSameAs(pod);
        var service = Ask.Default(Service("{ports: [{port: 80}]}"));
        Ask.Default(service, service).ShouldBeSameAs(service);
    }

    [Theory]
    [InlineData("nginx", "Always")]
    [InlineData("nginx:latest", "Always")]
    [InlineData("localhost:5000/nginx", "Always")]
    [InlineData("nginx:1", "IfNotPresent")]
    [InlineData("nginx@sha256:1", "IfNotPresent")]
    public void The_pull_policy_follows_the_tag(string image, string policy) =>
        Ask.Default(Pod($$"""{containers: [{name: a, image: '{{image}}'}]}""")).Spec.Containers[0].ImagePullPolicy.ShouldBe(policy);

    [Fact]
    public void A_probe_gets_kubernetes_defaults()
    {
        var probe = Ask.Default(Pod("{containers: [{name: a, image: b, readinessProbe: {httpGet: {port: 80}}}]}")).Spec.Containers[0].ReadinessProbe!;

        (probe.PeriodSeconds, probe.TimeoutSeconds, probe.SuccessThreshold, probe.FailureThreshold).ShouldBe((10, 1, 1, 3));
        (probe.HttpGet!.Path, probe.HttpGet.Scheme).ShouldBe(("/", "HTTP"));
    }

    [Theory]
    [InlineData("{" + Template + "}", "spec.selector: Required value")]
    [InlineData(
        "{selector: {matchLabels: {app: other}}, " + Template + "}",
        "spec.template.metadata.labels: Invalid value: app=web: `selector` does not match template `labels`")]
    [InlineData("{replicas: -1, " + Selector + ", " + Template + "}", "spec.replicas: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData(
        "{strategy: {type: Blue}, " + Selector + ", " + Template + "}",
        "spec.strategy.type: Unsupported value: \"Blue\": supported values: \"Recreate\", \"RollingUpdate\"")]
    [InlineData("{" + Selector + ", template: {metadata: {labels: {app: web}}}}", "spec.template.spec.containers: Required value")]
    public void A_wrong_deployment_is_told_in_kubernetes_words(string spec, string error) => Ask.Validate(Deployment(spec)).ShouldBe([error]);

    [Fact]
    public void The_selector_of_a_deployment_stays()
    {
        var stored = Ask.Default(Deployment($"{{{Selector}, {Template}}}"));
        var other = Deployment(
            "{selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: web, image: 'nginx:1'}]}}}");

        Ask.Validate(other, stored).ShouldBe(["spec.selector: Invalid value: a=b: field is immutable"]);
    }

    [Theory]
    [InlineData("{}", "spec.containers: Required value")]
    [InlineData("{containers: [{image: b}]}", "spec.containers[0].name: Required value")]
    [InlineData("{containers: [{name: a}]}", "spec.containers[0].image: Required value")]
    [InlineData("{containers: [{name: a, image: b}, {name: a, image: b}]}", "spec.containers[1].name: Duplicate value: \"a\"")]
    [InlineData(
        "{containers: [{name: a, image: b, ports: [{containerPort: 0}]}]}",
        "spec.containers[0].ports[0].containerPort: Invalid value: 0: must be between 1 and 65535, inclusive")]
    [InlineData("{containers: [{name: a, image: b, volumeMounts: [{name: v, mountPath: /x}]}]}", "spec.containers[0].volumeMounts[0].name: Not found: \"v\"")]
    [InlineData(
        "{restartPolicy: Maybe, containers: [{name: a, image: b}]}",
        "spec.restartPolicy: Unsupported value: \"Maybe\": supported values: \"Always\", \"OnFailure\", \"Never\"")]
    [InlineData("{containers: [{name: a, image: b, livenessProbe: {}}]}", "spec.containers[0].livenessProbe: Required value: must specify a handler type")]
    public void A_wrong_pod_is_told_in_kubernetes_words(string spec, string error) => Ask.Validate(Pod(spec)).ShouldBe([error]);

    [Fact]
    public void Of_a_pods_spec_only_images_and_the_node_it_is_bound_to_may_change()
    {
        var stored = Ask.Default(Pod("{containers: [{name: a, image: b}]}"));

        Ask.Validate(stored with { Spec = stored.Spec with { Containers = [stored.Spec.Containers[0] with { Image = "c" }] } }, stored).ShouldBeEmpty();
        Ask.Validate(stored with { Spec = stored.Spec with { NodeName = "here" } }, stored).ShouldBeEmpty();
        Ask.Validate(stored with { Spec = stored.Spec with { RestartPolicy = "Never" } }, stored)
            .Single().ShouldStartWith("spec: Forbidden: pod updates may not change");
    }

    [Fact]
    public void A_services_port_is_also_its_target_unless_it_says_otherwise()
    {
        var spec = Ask.Default(Service("{ports: [{port: 80}]}")).Spec;

        (spec.Type, spec.SessionAffinity, spec.Ports[0].Protocol).ShouldBe(("ClusterIP", "None", "TCP"));
        spec.Ports[0].TargetPort.ShouldBe(80);
    }

    [Theory]
    [InlineData("{}", "spec.ports: Required value")]
    [InlineData(
        "{type: Fancy, ports: [{port: 80}]}",
        "spec.type: Unsupported value: \"Fancy\": supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\"")]
    [InlineData("{type: ExternalName}", "spec.externalName: Required value")]
    [InlineData("{ports: [{port: 0}]}", "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive|spec.ports[0].targetPort: "
        + "Invalid value: 0: must be between 1 and 65535, inclusive")]
    [InlineData("{ports: [{name: a, port: 80}, {port: 81}]}", "spec.ports[1].name: Required value")]
    public void A_wrong_service_is_told_in_kubernetes_words(string spec, string errors) => Ask.Validate(Service(spec)).ShouldBe(errors.Split('|'));
}
