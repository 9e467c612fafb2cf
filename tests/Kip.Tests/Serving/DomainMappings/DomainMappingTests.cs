using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Rules.Serving.DomainMappings;
using Kip.Testing.Serving;
using Shouldly;

namespace Kip.Tests.Serving.DomainMappings;

public class DomainMappingTests
{
    private static DomainMapping Mapping(
        string @namespace = "default", string reference = "{apiVersion: serving.knative.dev/v1, kind: Service, name: hello}", string more = "") =>
        Yaml.One<DomainMapping>(
            $$"""
            {apiVersion: serving.knative.dev/v1beta1, kind: DomainMapping, metadata: {name: www.example.com, namespace: {{@namespace}}},
            spec: {ref: {{reference}} {{more}} } }
            """);

    private static string Why(ServingWorld world, string type = "Ready", string @namespace = "default")
    {
        var condition = world.Get<DomainMapping>("www.example.com", @namespace).Status.Conditions.Find(type)!;
        return $"{condition.Status} {condition.Reason} {condition.Message}".TrimEnd();
    }

    private static ServingWorld World(string network = "autocreate-cluster-domain-claims: 'true'")
    {
        var world = new ServingWorld();
        world.Apply(Yaml.Read(
            $$"""{apiVersion: v1, kind: ConfigMap, metadata: {name: config-network, namespace: knative-serving}, data: { {{network}} } }""").Single());
        world.Apply(Ksvc.Make());
        world.Run();
        return world;
    }

    [Fact]
    public void A_domain_leads_to_the_service_under_its_name_inside()
    {
        var world = World();
        world.Apply(Mapping());
        world.Run();

        Why(world).ShouldBe("True");
        Why(world, "CertificateProvisioned").ShouldBe("True TLSNotEnabled external-domain-tls is not enabled");
        var mapping = world.Get<DomainMapping>("www.example.com");
        (mapping.Status.Url, mapping.Status.Address!.Url).ShouldBe(("http://www.example.com", "http://www.example.com"));
        mapping.Spec.Ref!.Namespace.ShouldBe("default");
        mapping.Metadata.Annotations[ServingAnnotations.Creator].ShouldBe("user");
        world.Get<ClusterDomainClaim>("www.example.com", "").Spec.Namespace.ShouldBe("default");
        var ingress = world.Get<Ingress>("www.example.com");
        ingress.Metadata.Labels.ToString().ShouldBe(
            "serving.knative.dev/domainMappingNamespace=default,serving.knative.dev/domainMappingUID=domainmapping-www.example.com");
        var rule = ingress.Spec.Rules.ShouldHaveSingleItem();
        (rule.Hosts.Single(), rule.Visibility, rule.Http!.Paths[0].RewriteHost).ShouldBe(("www.example.com", "ExternalIP", "hello.default.svc.cluster.local"));
        var split = rule.Http.Paths[0].Splits.ShouldHaveSingleItem();
        (split.ServiceName, split.Percent, split.AppendHeaders.ToString()).ShouldBe(("hello", 100, "K-Original-Host=www.example.com"));
    }

    [Fact]
    public void A_mapping_of_another_gateways_class_waits_for_that()
    {
        var world = World();
        world.Apply(Mapping());
        world.Run();
        var mapping = world.Get<DomainMapping>("www.example.com");
        world.Apply(mapping with
        {
            Metadata = mapping.Metadata with { Annotations = mapping.Metadata.Annotations.With(ServingAnnotations.IngressClass, "other.example.com") },
        });
        world.Run();

        Why(world, "IngressReady").ShouldBe("Unknown IngressNotConfigured Ingress has not yet been reconciled.");
        world.Get<Ingress>("www.example.com").Metadata.Annotations[ServingAnnotations.IngressClass].ShouldBe("other.example.com");
    }

    [Fact]
    public void Deleting_it_gives_the_domain_back_and_the_next_takes_over()
    {
        var world = World();
        world.Apply(Mapping());
        world.Run();
        world.Apply(Mapping("other", "{apiVersion: v1, kind: Service, name: web}"));
        world.Run();
        Why(world, "DomainClaimed", "other").ShouldBe("False DomainAlreadyClaimed The domain name is already in use by another DomainMapping");
        world.Objects.OfType<Ingress>().Count(static i => i.Metadata.Namespace == "other").ShouldBe(0);

        world.Delete(world.Get<DomainMapping>("www.example.com"));
        world.Run();

        world.Find<DomainMapping>(new("default", "www.example.com")).ShouldBeNull();
        world.Get<ClusterDomainClaim>("www.example.com", "").Spec.Namespace.ShouldBe("other");
        Why(world, "DomainClaimed", "other").ShouldBe("True");
    }

    [Fact]
    public void Without_autocreation_the_domain_must_have_been_given_to_the_namespace()
    {
        var world = World("domain-template: '{{.Name}}.{{.Namespace}}.{{.Domain}}'");
        world.Apply(Mapping());
        world.Run();
        Why(world).ShouldStartWith("False DomainClaimFailed no ClusterDomainClaim found for domain \"www.example.com\"");

        world.Apply(Yaml.Read("{apiVersion: networking.internal.knative.dev/v1alpha1, kind: ClusterDomainClaim, metadata: {name: www.example.com}, "
            + "spec: {namespace: default}}").Single());
        world.Run();
        Why(world).ShouldBe("True");

        world.Delete(world.Get<DomainMapping>("www.example.com"));
        world.Run();
        world.Find<ClusterDomainClaim>(new("", "www.example.com")).ShouldNotBeNull("it was made by hand");
    }

    [Theory]
    [InlineData(
        "{apiVersion: serving.knative.dev/v1, kind: Service, name: nobody}",
        "failed to get object default/nobody: services.serving.knative.dev \"nobody\" not found")]
    [InlineData("{apiVersion: v1, kind: Service, name: nobody}", "failed to get object default/nobody: services \"nobody\" not found")]
    [InlineData(
        "{apiVersion: v1, kind: Pod, name: hello}",
        "a Pod of v1 cannot be mapped: refer to a Service or Route of serving.knative.dev/v1, or to a Service of v1")]
    public void What_it_cannot_lead_to_is_told(string reference, string message)
    {
        var world = World();
        world.Apply(Mapping(reference: reference));
        world.Run();

        Why(world).ShouldBe($"False ResolveFailed {message}");
    }

    [Fact]
    public void A_target_that_comes_later_heals_it()
    {
        var world = World();
        world.Apply(Mapping(reference: "{apiVersion: serving.knative.dev/v1, kind: Service, name: late}"));
        world.Run();
        Why(world).ShouldStartWith("False ResolveFailed");
        world.Apply(Ksvc.Make("late"));
        world.Run();

        Why(world).ShouldBe("True");
        world.Get<Ingress>("www.example.com").Spec.Rules[0].Http!.Paths[0].RewriteHost.ShouldBe("late.default.svc.cluster.local");
    }

    [Theory]
    [InlineData("http://hello.default.svc.cluster.local/a/b", "resolved URI \"http://hello.default.svc.cluster.local/a/b\" contains a path")]
    [InlineData("http://example.org", "resolved URI \"http://example.org\" must be of the form {name}.{namespace}.svc.cluster.local")]
    [InlineData("http://hello.other.svc.cluster.local", "resolved URI \"http://hello.other.svc.cluster.local\" must be in same namespace as DomainMapping")]
    public void An_address_must_be_a_name_of_the_own_namespace_without_a_path(string url, string message)
    {
        var service = new Service { Metadata = new ObjectMeta { Name = "hello" }, Status = new ServiceStatus { Address = new Addressable { Url = url } } };

        DomainTarget.Of(new KReference { ApiVersion = "serving.knative.dev/v1", Kind = "Service", Name = "hello" }, "default", service, out var error)
            .ShouldBeNull();

        error.ShouldBe(message);
    }

    [Fact]
    public void A_certificate_of_the_users_own_makes_it_https()
    {
        var world = World();
        world.Apply(Mapping(more: ", tls: {secretName: mine}"));
        world.Run();

        Why(world, "CertificateProvisioned").ShouldBe("True CertificateExternallyProvided TLS certificate was provided externally");
        world.Get<DomainMapping>("www.example.com").Status.Url.ShouldBe("https://www.example.com");
        var tls = world.Get<Ingress>("www.example.com").Spec.Tls.ShouldHaveSingleItem();
        (tls.Hosts.Single(), tls.SecretName, tls.SecretNamespace).ShouldBe(("www.example.com", "mine", "default"));
    }
}
