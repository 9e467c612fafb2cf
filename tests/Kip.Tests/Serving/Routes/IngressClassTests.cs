using Kip.Resources;
using Kip.Resources.Networking;
using Kip.Rules.Networking;
using Kip.Rules.Serving.Configs;
using Shouldly;

namespace Kip.Tests.Serving.Routes;

/// <summary>Which class an Ingress gets, and which Ingresses are the gateway's.</summary>
public class IngressClassTests
{
    private const string Class = "networking.knative.dev/ingress.class";
    private const string Alias = "networking.knative.dev/ingress-class";

    private static Ingress Of(string? given) => new() { Metadata = new ObjectMeta { Annotations = given is null ? default : StringMap.Of((Class, given)) } };

    [Theory]
    [InlineData("kip.ingress.networking.knative.dev", true)]
    [InlineData("kourier.ingress.networking.knative.dev", true)]
    [InlineData("istio.ingress.networking.knative.dev", true)]
    [InlineData("contour.ingress.networking.knative.dev", true)]
    [InlineData("gateway-api.ingress.networking.knative.dev", true)]
    [InlineData("Kourier.ingress.networking.knative.dev", false)]
    [InlineData("kourier", false)]
    [InlineData("nginx.ingress.example.com", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void The_gateway_serves_its_own_class_and_those_of_Knatives_gateways(string? given, bool served) =>
        IngressClasses.IsServed(Of(given)).ShouldBe(served);

    [Theory]
    [InlineData(null, null, "platform.example.com")]
    [InlineData("mine.example.com", null, "mine.example.com")]
    [InlineData(null, "mine.example.com", "mine.example.com")]
    [InlineData("mine.example.com", "other.example.com", "mine.example.com")]
    [InlineData("", "", "platform.example.com")]
    public void A_class_is_the_objects_own_else_the_platforms(string? given, string? alias, string expected)
    {
        var annotations = given is null ? default : StringMap.Of((Class, given));
        if (alias is not null) annotations = annotations.With(Alias, alias);

        var config = NetworkConfig.Default with { IngressClass = "platform.example.com" };
        IngressClasses.Of(new ObjectMeta { Annotations = annotations }, config).ShouldBe(expected);
    }

    [Theory]
    [InlineData("kip.ingress.networking.knative.dev", "other", true)]
    [InlineData("kip.ingress.networking.knative.dev", "istio.ingress.networking.knative.dev", false)]
    [InlineData("other", "kip.ingress.networking.knative.dev", false)]
    [InlineData("other", "another", false)]
    public void Only_what_was_served_and_will_not_be_is_given_away(string before, string after, bool givenAway) =>
        IngressClasses.IsGivenAway(Of(before), Of(after)).ShouldBe(givenAway);
}
