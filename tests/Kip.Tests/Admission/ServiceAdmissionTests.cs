using Kip.Resources;
using Kip.Resources.Serving;
using Kip.Rules.Admission;
using Kip.Tests.Serving;
using Shouldly;

namespace Kip.Tests.Admission;

public class ServiceAdmissionTests
{
    private const string Simple = "{containers: [{image: a}]}";

    [Fact]
    public void A_bare_service_gets_what_it_leaves_open()
    {
        var service = Ask.Default(Ask.Service(Simple));

        var spec = service.Spec.Template.Spec;
        (spec.TimeoutSeconds, spec.ContainerConcurrency, spec.EnableServiceLinks).ShouldBe((300L, 0L, false));
        (spec.ResponseStartTimeoutSeconds, spec.IdleTimeoutSeconds).ShouldBe((null, null));
        spec.Containers[0].Name.ShouldBe("user-container");
        spec.Containers[0].ReadinessProbe!.TcpSocket.ShouldNotBeNull();
        (spec.Containers[0].ReadinessProbe!.SuccessThreshold, spec.Containers[0].ReadinessProbe!.PeriodSeconds).ShouldBe((1, 0));
        service.Spec.Traffic.ShouldBe([new TrafficTarget { Percent = 100, LatestRevision = true }]);
        service.Metadata.Annotations.ToString().ShouldBe("serving.knative.dev/creator=jane,serving.knative.dev/lastModifier=jane");
    }

    [Fact]
    public void Defaulting_what_has_its_defaults_gives_the_very_object()
    {
        var service = Ask.Default(Ask.Service(Simple));

        Ask.Default(service, service).ShouldBeSameAs(service);
    }

    [Fact]
    public void A_timeout_of_zero_means_the_default_and_the_other_timeouts_only_count_when_shorter()
    {
        Ask.Default(Ask.Service("{containers: [{image: a}], timeoutSeconds: 0}")).Spec.Template.Spec.TimeoutSeconds.ShouldBe(300);
        var config = Ask.Config("config-defaults", ("revision-response-start-timeout-seconds", "100"), ("revision-idle-timeout-seconds", "400"));
        var spec = Ask.Default(Ask.Service(Simple), config: config).Spec.Template.Spec;
        (spec.ResponseStartTimeoutSeconds, spec.IdleTimeoutSeconds).ShouldBe((100L, null));
    }

    [Fact]
    public void Platform_defaults_fill_in_resources_and_names()
    {
        var config = Ask.Config(
            "config-defaults", ("revision-cpu-request", "100m"), ("revision-memory-limit", "1Gi"), ("container-name-template", "app-{{.Name}}"));
        var container = Ask.Default(
            Ask.Service("{containers: [{image: a, resources: {limits: {memory: 2Gi}}}]}"), config: config).Spec.Template.Spec.Containers[0];

        container.Name.ShouldBe("app-hello");
        container.Resources!.Requests["cpu"].ShouldBe("100m");
        container.Resources.Limits["memory"].ShouldBe("2Gi");
    }

    [Fact]
    public void Mounts_are_read_only_where_the_volume_is()
    {
        var mounts = Ask.Default(Ask.Service(
            "{containers: [{image: a, volumeMounts: [{name: s, mountPath: /s}, {name: e, mountPath: /e}]}], volumes: [{name: s, secret: {secretName: "
            + "s}}, {name: e, emptyDir: {}}]}"))
            .Spec.Template.Spec.Containers[0].VolumeMounts;

        mounts.Select(static m => m.ReadOnly).ShouldBe([true, false]);
    }

    [Fact]
    public void The_last_modifier_changes_with_the_spec_only_and_the_creator_never()
    {
        var stored = Ask.Default(Ask.Service(Simple));
        var relabelled = Ask.Default(stored with { Metadata = stored.Metadata with { Labels = StringMap.Of(("a", "b")) } }, stored, "joe");
        relabelled.Metadata.Annotations[ServingAnnotations.LastModifier].ShouldBe("jane");

        var changed = Ask.Default(stored.WithEnv("A", "1"), stored, "joe");
        changed.Metadata.Annotations[ServingAnnotations.LastModifier].ShouldBe("joe");
        changed.Metadata.Annotations[ServingAnnotations.Creator].ShouldBe("jane");

        var forged = stored with { Metadata = stored.Metadata with { Annotations = stored.Metadata.Annotations.With(ServingAnnotations.Creator, "eve") } };
        Ask.Validate(forged, stored).ShouldBe(["metadata.annotations.serving.knative.dev/creator: annotation value is immutable"]);
    }

    [Theory]
    [InlineData("traffic: [{percent: 100}]", null)]
    [InlineData("traffic: [{revisionName: hello-1, percent: 100, tag: v1}]", null)]
    [InlineData("traffic: [{percent: 101}]", "spec.traffic[0].percent: expected 0 <= 101 <= 100|spec.traffic: Traffic targets sum to 101, want 100")]
    [InlineData("traffic: [{percent: 50}]", "spec.traffic: Traffic targets sum to 50, want 100")]
    [InlineData("traffic: [{percent: 100, tag: x}, {percent: 0, tag: x}]", "spec.traffic[0].tag, spec.traffic[1].tag: Multiple definitions for \"x\"")]
    [InlineData("traffic: [{percent: 100, url: 'http://x'}]", "spec.traffic[0].url: must not set the field(s)")]
    [InlineData("traffic: [{percent: 100, configurationName: hello}]", "spec.traffic[0].configurationName: must not set the field(s)")]
    [InlineData("traffic: [{percent: 100, revisionName: a, latestRevision: true}]",
        "spec.traffic[0].latestRevision: may not set revisionName \"a\" when latestRevision is true")]
    [InlineData("traffic: [{percent: 100, latestRevision: false}]",
        "spec.traffic[0].latestRevision: may not set revisionName \"\" when latestRevision is false")]
    public void Traffic_adds_up_and_each_target_is_clear(string traffic, string? errors) =>
        Ask.Validate(Ask.Service(Simple, traffic)).ShouldBe(errors?.Split('|') ?? []);

    [Theory]
    [InlineData("{containers: [{image: a, env: [{name: A, value: b, valueFrom: {configMapKeyRef: {name: m, key: k}}}]}]}",
        "containers[0].env[0].valueFrom: Invalid value: \"\": may not be specified when `value` is not empty")]
    [InlineData("{containers: [{image: a, env: [{name: A, valueFrom: {}}]}]}",
        "containers[0].env[0].valueFrom: Invalid value: \"\": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`")]
    [InlineData("{containers: [{image: a, env: [{name: A, valueFrom: {configMapKeyRef: {name: m, key: k}, secretKeyRef: {name: m, key: k}}}]}]}",
        "containers[0].env[0].valueFrom: Invalid value: \"\": may not have more than one field specified at a time")]
    [InlineData("{containers: [{image: a, resources: {limits: {cpu: 1}, requests: {cpu: 1500m}}}]}",
        "containers[0].resources.requests: Invalid value: \"1500m\": must be less than or equal to cpu limit of 1")]
    [InlineData("{containers: [{image: a, readinessProbe: {httpGet: {scheme: FTP}}}]}",
        "containers[0].readinessProbe.httpGet.scheme: Unsupported value: \"FTP\": supported values: \"HTTP\", \"HTTPS\"")]
    public void What_Kubernetes_would_refuse_of_the_pod_is_refused_at_once(string spec, string error) =>
        Ask.Validate(Ask.Service(spec)).ShouldBe(["spec.template.spec." + error]);

    [Fact]
    public void A_tag_is_part_of_a_host_name() =>
        Ask.Validate(Ask.Service(Simple, "traffic: [{percent: 100, tag: V_1}]")).Single()
            .ShouldStartWith("spec.traffic[0].tag: invalid value: not a DNS 1035 label:");

    [Theory]
    [InlineData("{name: hello-x}", null)]
    [InlineData("{name: other-x}", "spec.template.metadata.name: invalid value: \"other-x\" must have prefix \"hello-\"")]
    [InlineData("{annotations: {autoscaling.knative.dev/min-scale: '-1'}}",
        "spec.template.metadata.annotations.autoscaling.knative.dev/min-scale: expected 0 <= -1 <= 2147483647")]
    [InlineData("{annotations: {serving.knative.dev/progress-deadline: soon}}",
        "spec.template.metadata.annotations.serving.knative.dev/progress-deadline: invalid value: soon")]
    [InlineData("{annotations: {networking.knative.dev/visibility: x}}",
        "spec.template.metadata.annotations: invalid key name \"networking.knative.dev/visibility\"")]
    public void The_templates_metadata_is_checked(string metadata, string? error) =>
        Ask.Validate(Ask.Service(Simple, templateMetadata: metadata)).ShouldBe(error is null ? [] : [error]);

    [Fact]
    public void Scaling_annotations_in_the_wrong_place_are_pointed_to_the_right_one()
    {
        var service = Ask.Service(Simple);
        service = service with { Metadata = service.Metadata with { Annotations = StringMap.Of(("autoscaling.knative.dev/min-scale", "1")) } };

        Ask.Validate(service).ShouldBe(
            [
                "metadata.annotations: invalid key name \"autoscaling.knative.dev/min-scale\": autoscaling annotations must be put under "
                + "\"spec.template.metadata.annotations\" to work",
            ]);
    }

    [Fact]
    public void A_name_must_fit_a_host_name()
    {
        var service = Ask.Service(Simple);
        Ask.Validate(service with { Metadata = service.Metadata with { Name = new string('a', 64) } }).Single()
            .ShouldBe("metadata.name: not a DNS 1035 label: [must be no more than 63 bytes]");
        Ask.Validate(service with { Metadata = service.Metadata with { Name = "1st" } }).Single().ShouldStartWith("metadata.name: not a DNS 1035 label:");
    }

    [Fact]
    public void A_template_under_the_same_brought_name_may_not_change()
    {
        var stored = Ask.Default(Ask.Service(Simple, templateMetadata: "{name: hello-x}"));

        Ask.Validate(stored.WithEnv("A", "1"), stored).Single()
            .ShouldStartWith("spec.template.metadata.name: Saw the following changes without a name change (-old +new)");
        Ask.Validate(stored.WithEnv("A", "1").Named("hello-y"), stored).ShouldBeEmpty();
        var newDefaults = Ask.Config("config-defaults", ("revision-cpu-request", "1"));
        Ask.Default(stored, stored, config: newDefaults).ShouldBeSameAs(stored);
    }

    [Fact]
    public void What_was_stored_may_be_relabelled_under_a_stricter_configuration()
    {
        var stored = Ask.Default(Ask.Service("{containers: [{image: a}], containerConcurrency: 500}"));
        var strict = Ask.Config("config-defaults", ("container-concurrency-max-limit", "100"));

        Ask.Validate(stored with { Metadata = stored.Metadata with { Labels = StringMap.Of(("a", "b")) } }, stored, strict).ShouldBeEmpty();
        Ask.Validate(stored.WithEnv("A", "1"), stored, strict).ShouldNotBeEmpty();
    }

    [Fact]
    public void A_revision_is_immutable_but_for_its_metadata()
    {
        var stored = Ask.Default(
            new Revision { Metadata = new ObjectMeta { Name = "r", Namespace = "default" }, Spec = Ask.Service(Simple).Spec.Template.Spec });

        Ask.Validate(stored with { Spec = stored.Spec with { TimeoutSeconds = 5 } }, stored)
            .Single().ShouldStartWith("spec: Immutable fields changed (-old +new)");
        Ask.Validate(stored with { Metadata = stored.Metadata with { Annotations = StringMap.Of(("autoscaling.knative.dev/max-scale", "x")) } }, stored)
            .ShouldBe(["metadata.annotations.autoscaling.knative.dev/max-scale: invalid value: x"]);
        Ask.Validate(stored with { Metadata = stored.Metadata with { Labels = StringMap.Of((ServingLabels.Configuration, "c")) } }, stored)
            .ShouldBe(["metadata.labels.serving.knative.dev/configuration: missing field(s)"]);
    }

    [Theory]
    [InlineData("[{configurationName: c, percent: 100}]", null)]
    [InlineData("[]", "spec.traffic: missing field(s)")]
    [InlineData("[{percent: 100}]", "spec.traffic[0].revisionName, spec.traffic[0].configurationName: expected exactly one, got neither")]
    [InlineData(
        "[{configurationName: c, revisionName: r, percent: 100}]",
        "spec.traffic[0].revisionName, spec.traffic[0].configurationName: expected exactly one, got both")]
    public void A_route_names_what_it_refers_to(string traffic, string? error) =>
        Ask.Validate(Kip.Testing.Serving.Yaml.One<Route>(
            $$"""{apiVersion: serving.knative.dev/v1, kind: Route, metadata: {name: r}, spec: {traffic: {{traffic}} } }"""))
            .ShouldBe(error is null ? [] : [error]);

    [Fact]
    public void The_platforms_own_settings_are_checked_when_they_are_written()
    {
        var map = Kip.Testing.Serving.Yaml.One<Kip.Resources.Core.ConfigMap>(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: config-deployment, namespace: knative-serving}, data: {progress-deadline: never}}");

        Ask.Validate(map).Single().ShouldStartWith("data[progress-deadline]: ");
        Ask.Validate(map with { Metadata = map.Metadata with { Namespace = "default" } }).ShouldBeEmpty();
        Ask.Validate(map with { Metadata = map.Metadata with { Name = "config-autoscaler" }, Data = StringMap.Of(("stable-window", "1s")) }).ShouldNotBeEmpty();
    }

    [Fact]
    public void A_write_of_a_status_is_not_held_up_by_the_spec()
    {
        var broken = Ask.Service("{}");

        AdmissionRules.Validate(new AdmissionRequest(broken, broken, "x", "status", PlatformConfig.Default)).ShouldBeEmpty();
    }
}
