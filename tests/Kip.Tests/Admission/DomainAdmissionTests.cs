using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Testing.Serving;
using Shouldly;

namespace Kip.Tests.Admission;

public class DomainAdmissionTests
{
    private const string Ref = "ref: {apiVersion: serving.knative.dev/v1, kind: Service, name: hello}";

    private static DomainMapping Mapping(string metadata = "{name: www.example.com, namespace: default}", string spec = Ref) =>
        Yaml.One<DomainMapping>($$"""{apiVersion: serving.knative.dev/v1beta1, kind: DomainMapping, metadata: {{metadata}}, spec: { {{spec}} } }""");

    [Theory]
    [InlineData("{name: www.example.com, namespace: default}", Ref, null)]
    [InlineData("{name: www.example.com, namespace: default}", Ref + ", tls: {secretName: s}", null)]
    [InlineData(
        "{name: localhost, namespace: default}", Ref,
        "metadata.name: invalid name: name: Invalid value: \"localhost\": should be a domain with at least two segments separated by dots")]
    [InlineData("{name: a.svc.cluster.local, namespace: default}", Ref,
        "metadata.name: invalid name \"a.svc.cluster.local\": must not be a subdomain of cluster local domain \"cluster.local\"")]
    [InlineData("{name: www.example.com, generateName: www, namespace: default}", Ref, "metadata.generateName: must not set the field(s)")]
    [InlineData("{name: www.example.com, namespace: default}", "", "spec.ref.name, spec.ref.apiVersion, spec.ref.kind: missing field(s)")]
    [InlineData("{name: www.example.com, namespace: default}", "ref: {kind: Service, apiVersion: v1}", "spec.ref.name: missing field(s)")]
    [InlineData("{name: www.example.com, namespace: default}", "ref: {name: x}", "spec.ref.apiVersion: missing field(s)|spec.ref.kind: missing field(s)")]
    [InlineData(
        "{name: www.example.com, namespace: default}", "ref: {kind: Service, apiVersion: v1, name: x, group: g}",
        "spec.ref.group: must not set the field(s)")]
    [InlineData("{name: www.example.com, namespace: default}", "ref: {kind: Service, apiVersion: v1, name: x, namespace: other}",
        "spec.ref.namespace: mismatched namespaces: parent namespace: \"default\" does not match ref: \"other\"")]
    [InlineData("{name: www.example.com, namespace: default}", Ref + ", tls: {}", "spec.tls.secretName: missing field(s)")]
    [InlineData("{name: www.example.com, namespace: default, annotations: {networking.knative.dev/http-protocol: ftp}}", Ref,
        "metadata.annotations.networking.knative.dev/http-protocol: incorrect http-protocol annotation: ftp")]
    public void A_mapping_names_a_domain_and_what_it_leads_to(string metadata, string spec, string? errors) =>
        Ask.Validate(Mapping(metadata, spec)).ShouldBe(errors?.Split('|') ?? []);

    [Fact]
    public void The_reference_is_in_the_own_namespace_and_the_maker_is_noted()
    {
        var mapping = Ask.Default(Mapping());

        mapping.Spec.Ref!.Namespace.ShouldBe("default");
        mapping.Metadata.Annotations.ToString().ShouldBe("serving.knative.dev/creator=jane,serving.knative.dev/lastModifier=jane");
        Ask.Default(mapping, mapping).ShouldBeSameAs(mapping);
        var forged = mapping with { Metadata = mapping.Metadata with { Annotations = mapping.Metadata.Annotations.With(ServingAnnotations.Creator, "eve") } };
        Ask.Validate(forged, mapping).ShouldBe(["metadata.annotations.serving.knative.dev/creator: annotation value is immutable"]);
    }

    [Theory]
    [InlineData("{dnsNames: [a.example.com], secretName: s}", null)]
    [InlineData("{dnsNames: [a.example.com], domain: example.com, secretName: s}", null)]
    [InlineData("{secretName: s}", "spec.dnsNames: missing field(s)")]
    [InlineData("{dnsNames: [''], secretName: s}", "spec.dnsNames[0]: invalid value: ")]
    [InlineData(
        "{dnsNames: [a.example.com], domain: ample.com, secretName: s}",
        "spec.domain: invalid value: ample.com: must be one of dnsNames, or what one of them ends in")]
    [InlineData("{dnsNames: [a.example.com]}", "spec.secretName: missing field(s)")]
    public void A_certificate_names_names_and_a_secret(string spec, string? error) => Ask.Validate(Yaml.One<Certificate>(
        $$"""{apiVersion: networking.internal.knative.dev/v1alpha1, kind: Certificate, metadata: {name: c}, spec: {{spec}} }"""))
        .ShouldBe(error is null ? [] : [error]);

    [Fact]
    public void A_claim_names_a_namespace() => Ask.Validate(Yaml.One<ClusterDomainClaim>(
        "{apiVersion: networking.internal.knative.dev/v1alpha1, kind: ClusterDomainClaim, metadata: {name: a.example.com}}"))
        .ShouldBe(["spec.namespace: missing field(s)"]);
}
