using System.Security.Cryptography;
using System.Text;
using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Testing.Traffic;
using Kip.Traffic.Routing;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>The version that a probe is told: over the JSON that Go makes of the spec.</summary>
public sealed class IngressHashTests
{
    [Fact]
    public void It_is_over_the_spec_in_the_order_of_Gos_fields_with_namespace_and_name()
    {
        var ingress = TrafficObjects.Ingress("app", [new()
        {
            Hosts = ["a.example"], Visibility = "ExternalIP",
            Http = new()
            {
                Paths = [new()
                {
                    Path = "/x", Headers = StringMap.Of(("Tag", "b<")), AppendHeaders = StringMap.Of(("B", "2"), ("A", "1")),
                    Splits = [new() { ServiceNamespace = "default", ServiceName = "app-1", ServicePort = 80, Percent = 100 }],
                }],
            },
        }]) with { };
        ingress = ingress with
        {
            Spec = ingress.Spec with { HttpOption = "Enabled", Tls = [new() { Hosts = ["a.example"], SecretName = "s", SecretNamespace = "n" }] },
        };

        const string Json =
            """{"tls":[{"hosts":["a.example"],"secretName":"s","secretNamespace":"n"}],"rules":"""
            + """[{"hosts":["a.example"],"visibility":"ExternalIP","http":{"paths":[{"path":"/x","headers":{"Tag":{"exact":"b\u003c"}},"splits":"""
            + """[{"serviceNamespace":"default","serviceName":"app-1","servicePort":80,"percent":100}],"appendHeaders":"""
            + """{"A":"1","B":"2"}}]}}],"httpOption":"Enabled"}""";
        IngressHash.Of(ingress).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Json + "defaultapp"))));
    }
}
