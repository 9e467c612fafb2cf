using Kip.Resources.Autoscaling;
using Kip.Resources.Networking;
using Kip.Testing.Serving;
using Shouldly;

namespace Kip.Tests.Admission;

/// <summary>The kinds that controllers write for each other, which users may write, too.</summary>
public class InternalKindTests
{
    private static Ingress Ingress(string spec) => Yaml.One<Ingress>(
        $$"""{apiVersion: networking.internal.knative.dev/v1alpha1, kind: Ingress, metadata: {name: i, namespace: default}, spec: {{spec}} }""");

    private static string WithSplits(string splits) => $"{{rules: [{{hosts: [h], http: {{paths: [{{splits: [{splits}]}}]}}}}]}}";

    private static PodAutoscaler Autoscaler(string spec, string annotations = "{}") => Yaml.One<PodAutoscaler>(
        $$"""
        {apiVersion: autoscaling.internal.knative.dev/v1alpha1, kind: PodAutoscaler,
        metadata: {name: p, namespace: default, annotations: {{annotations}} }, spec: {{spec}} }
        """);

    private const string Target = "scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}";

    [Fact]
    public void A_single_split_gets_everything_and_a_rule_is_public_unless_it_says_otherwise()
    {
        var rule = Ask.Default(Ingress(WithSplits("{serviceNamespace: default, serviceName: s, servicePort: 80}"))).Spec.Rules.Single();
        (rule.Visibility, rule.Http!.Paths[0].Splits[0].Percent).ShouldBe(("ExternalIP", 100));
    }

    [Theory]
    [InlineData("{}", "spec.rules: missing field(s)")]
    [InlineData("{rules: [{hosts: [h]}]}", "spec.rules[0].http: missing field(s)")]
    [InlineData("{rules: [{hosts: [h], http: {}}]}", "spec.rules[0].http.paths: missing field(s)")]
    [InlineData("{rules: [{hosts: [h], http: {paths: [{}]}}]}", "spec.rules[0].http.paths[0].splits: missing field(s)")]
    public void An_ingress_leads_somewhere(string spec, string error) => Ask.Validate(Ingress(spec)).ShouldBe([error]);

    [Theory]
    [InlineData("{serviceNamespace: other, serviceName: s, servicePort: 80}", "splits[0].serviceNamespace: invalid value: other")]
    [InlineData("{serviceNamespace: default, servicePort: 80}", "splits[0].serviceName: missing field(s)")]
    [InlineData("{serviceNamespace: default, serviceName: s}", "splits[0].servicePort: missing field(s)")]
    [InlineData("{serviceNamespace: default, serviceName: s, servicePort: 80, percent: 60}", "splits: traffic split percentage must total to 100, but was 60")]
    [InlineData("{serviceNamespace: default, serviceName: s, servicePort: http, percent: 101}, {serviceNamespace: default, serviceName: s, "
        + "servicePort: 80, percent: -1}",
        "splits[0].percent: expected 0 <= 101 <= 100|splits[1].percent: expected 0 <= -1 <= 100")]
    public void Its_splits_are_whole(string splits, string errors) =>
        Ask.Validate(Ingress(WithSplits(splits))).ShouldBe(errors.Split('|').Select(static e => $"spec.rules[0].http.paths[0].{e}"));

    [Fact]
    public void Its_certificates_are_named() => Ask.Validate(Ingress(
        "{tls: [{hosts: [h]}], rules: [{hosts: [h], http: {paths: [{splits: [{serviceNamespace: default, serviceName: s, servicePort: 80}]}]}}]}"))
        .ShouldBe(["spec.tls[0].secretName: missing field(s)", "spec.tls[0].secretNamespace: missing field(s)"]);

    [Theory]
    [InlineData("{}", "kpa.autoscaling.knative.dev", "concurrency")]
    [InlineData("{autoscaling.knative.dev/class: hpa.autoscaling.knative.dev}", "hpa.autoscaling.knative.dev", "cpu")]
    [InlineData("{autoscaling.knative.dev/metric: rps}", "kpa.autoscaling.knative.dev", "rps")]
    [InlineData("{autoscaling.knative.dev/class: mine.example.com}", "mine.example.com", null)]
    public void An_autoscaler_says_its_class_and_metric(string annotations, string expectedClass, string? metric)
    {
        var stated = Ask.Default(Autoscaler($"{{{Target}}}", annotations)).Metadata.Annotations;
        (stated.Get("autoscaling.knative.dev/class"), stated.Get("autoscaling.knative.dev/metric")).ShouldBe((expectedClass, metric));
    }

    [Fact]
    public void The_platform_may_have_another_class_as_its_own() =>
        Ask.Default(Autoscaler($"{{{Target}}}"), config: Ask.Config("config-autoscaler", ("pod-autoscaler-class", "hpa.autoscaling.knative.dev")))
            .Metadata.Annotations.Get("autoscaling.knative.dev/metric").ShouldBe("cpu");

    [Theory]
    [InlineData("{}", "spec.scaleTargetRef: missing field(s)")]
    [InlineData("{scaleTargetRef: {kind: Deployment}}", "spec.scaleTargetRef.apiVersion: missing field(s)|spec.scaleTargetRef.name: missing field(s)")]
    [InlineData("{" + Target + ", containerConcurrency: -1}", "spec.containerConcurrency: expected 0 <= -1 <= 1000000")]
    [InlineData("{" + Target + ", reachability: Perhaps}", "spec.reachability: invalid value: Perhaps")]
    [InlineData("{" + Target + ", protocolType: http3}", "spec.protocolType: invalid value: http3")]
    public void An_autoscaler_has_something_to_scale(string spec, string errors) => Ask.Validate(Autoscaler(spec)).ShouldBe(errors.Split('|'));
}
