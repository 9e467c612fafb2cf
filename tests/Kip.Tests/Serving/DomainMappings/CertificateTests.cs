using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Resources.Serving;
using Kip.Testing.Serving;
using Shouldly;

namespace Kip.Tests.Serving.DomainMappings;

public class CertificateTests
{
    private static ServingWorld World(string network)
    {
        var world = new ServingWorld();
        world.Apply(Yaml.Read($$"""
            {apiVersion: v1, kind: ConfigMap, metadata: {name: config-network, namespace: knative-serving}, data: { {{network}} } }
            """).Single());
        world.Apply(Ksvc.Make(traffic: [new TrafficTarget { LatestRevision = true, Percent = 100, Tag = "v1" }]));
        world.Run();
        return world;
    }

    private static string Why(ServingWorld world)
    {
        var condition = world.Get<Route>("hello").Status.Conditions.Find("CertificateProvisioned")!;
        return $"{condition.Status} {condition.Reason} {condition.Message}".TrimEnd();
    }

    private static void Issue(ServingWorld world, string status = ConditionStatus.True, string? reason = null)
    {
        foreach (var certificate in world.Objects.OfType<Certificate>().ToArray())
            world.SetStatus(certificate with
            {
                Status = new CertificateStatus { ObservedGeneration = certificate.Metadata.Generation, Conditions = [Hands.Of("Ready", status, reason)] },
            });
        world.Run();
    }

    [Fact]
    public void Each_public_name_gets_a_certificate_and_plain_http_goes_on_until_it_is_there()
    {
        var world = World("external-domain-tls: Enabled");

        var certificates = world.Objects.OfType<Certificate>().ToArray();
        certificates.Select(static c => $"{c.Metadata.Name} {c.Spec.DnsNames[0]} {c.Spec.Domain} {c.Spec.SecretName == c.Metadata.Name}").ShouldBe(
        [
            "route-route-hello hello.default.localhost localhost True",
            // Adler-32 of "v1".
            $"route-route-hello-{AdlerOfV1} v1-hello.default.localhost localhost True",
        ], ignoreOrder: true);
        certificates.ShouldAllBe(static c => c.Metadata.Labels.Get(ServingLabels.CertificateType) == "external-domain");
        Why(world).ShouldBe("True HTTPDowngrade Certificate route-route-hello is not ready downgrade HTTP.");
        world.Get<Route>("hello").Status.Url.ShouldBe("http://hello.default.localhost");

        Issue(world);
        Why(world).ShouldBe("True");
        world.Get<Route>("hello").Status.Url.ShouldBe("https://hello.default.localhost");
        world.Get<Route>("hello").Status.Traffic[0].Url.ShouldBe("https://v1-hello.default.localhost");
        world.Get<Ingress>("hello").Spec.Tls.Select(static t => t.Hosts.Single()).ShouldBe(["hello.default.localhost", "v1-hello.default.localhost"]);
    }

    // (1 + 'v') + ((1 + 'v') + '1') in the high half, 1 + 'v' + '1' in the low one.
    private const long AdlerOfV1 = ((1 + 118L + 1 + 118 + 49) << 16) | (1 + 118 + 49);

    [Fact]
    public void With_redirection_the_route_waits_for_the_certificate_and_a_refusal_fails_it()
    {
        var world = World("external-domain-tls: Enabled, http-protocol: Redirected");
        Why(world).ShouldStartWith("Unknown CertificateNotReady Certificate route-route-hello is not ready:");
        world.Get<Route>("hello").Status.Url.ShouldBe("https://hello.default.localhost");
        world.Get<Ingress>("hello").Spec.HttpOption.ShouldBe("Redirected");

        Issue(world, ConditionStatus.False, "NoSuchIssuer");
        Why(world).ShouldStartWith("False CertificateProvisionFailed Certificate route-route-hello fails to be provisioned: NoSuchIssuer");
    }

    [Fact]
    public void Names_inside_get_certificates_of_their_own()
    {
        var world = World("cluster-local-domain-tls: Enabled");
        Issue(world);

        world.Objects.OfType<Certificate>().Select(static c => c.Spec.DnsNames[^1]).ShouldBe(
            ["hello.default.svc.cluster.local", "v1-hello.default.svc.cluster.local"], ignoreOrder: true);
        world.Get<Route>("hello").Status.Address!.Url.ShouldBe("https://hello.default.svc.cluster.local");
        world.Get<Route>("hello").Status.Url.ShouldBe("http://hello.default.localhost");
    }

    [Fact]
    public void A_service_may_opt_out_and_what_nobody_needs_goes()
    {
        var world = World("external-domain-tls: Enabled");
        var service = world.Get<Service>("hello");
        world.Apply(service with
        {
            Metadata = service.Metadata with { Annotations = service.Metadata.Annotations.With("networking.knative.dev/disable-auto-tls", "true") },
        });
        world.Run();

        Why(world).ShouldBe("True TLSNotEnabled external-domain-tls is not enabled");
        world.Objects.OfType<Certificate>().ShouldBeEmpty();
    }
}
