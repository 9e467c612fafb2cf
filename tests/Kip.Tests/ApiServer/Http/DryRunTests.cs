using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Kip.Resources.Core;
using Shouldly;

namespace Kip.Tests.ApiServer.Http;

/// <summary>Every way to write, for show only; and every way to write what is not known.</summary>
public sealed class DryRunTests : ApiServerTest
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    private const string Web =
        """
        {"metadata":{"name":"web"},"spec":{"selector":{"matchLabels":{"app":"web"}},
        "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}
        """;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        (await SendAsync("POST", Maps, "application/json", """{"metadata":{"name":"a"},"data":{"k":"1"}}""")).Code.ShouldBe(201);
        (await SendAsync("POST", Deployments, "application/json", Web)).Code.ShouldBe(201);
    }

    [Theory]
    [InlineData("POST", Maps, "application/json", """{"metadata":{"generateName":"b-"}}""")]
    [InlineData("PUT", Maps + "/a", "application/json", """{"metadata":{"name":"a"},"data":{"k":"2"}}""")]
    [InlineData("PATCH", Maps + "/a", "application/merge-patch+json", """{"data":{"k":"2"}}""")]
    [InlineData("PATCH", Maps + "/a", "application/json-patch+json", """[{"op":"replace","path":"/data/k","value":"2"}]""")]
    [InlineData("PATCH", Maps + "/a", "application/strategic-merge-patch+json", """{"data":{"k":"2"}}""")]
    [InlineData("DELETE", Maps + "/a", "application/json", "")]
    [InlineData("DELETE", Maps, "application/json", "")]
    [InlineData("PUT", Deployments + "/web/scale", "application/json", """{"metadata":{"name":"web"},"spec":{"replicas":3}}""")]
    [InlineData("PATCH", Deployments + "/web/scale", "application/merge-patch+json", """{"spec":{"replicas":3}}""")]
    [InlineData("PATCH", Deployments + "/web/status", "application/merge-patch+json", """{"status":{"replicas":3}}""")]
    public async Task Nothing_is_stored_that_is_only_tried(string method, string path, string type, string body)
    {
        var before = Api.Registry.ResourceVersion;

        var (code, said) = await SendAsync(method, $"{path}?dryRun=All", type, body);

        code.ShouldBeInRange(200, 201, said);
        Api.Registry.ResourceVersion.ShouldBe(before);
        Api.Registry.Get(ConfigMap.Definition, new("default", "a")).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_deletion_can_say_so_in_its_options()
    {
        (await SendAsync("DELETE", $"{Maps}/a", "application/json", """{"dryRun":["All"]}""")).Code.ShouldBe(200);

        Api.Registry.Get(ConfigMap.Definition, new("default", "a")).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("POST", Deployments, "application/json", """{"metadata":{"name":"b"},"spec":{"foo":1,"replicas":1,"replicas":2}}""", 400)]
    [InlineData("PUT", Deployments + "/web", "application/json", """{"metadata":{"name":"web"},"spec":{"foo":1,"replicas":1,"replicas":2}}""", 400)]
    [InlineData("PATCH", Deployments + "/web", "application/merge-patch+json", """{"spec":{"foo":1}}""", 422)]
    [InlineData("PATCH", Deployments + "/web", "application/strategic-merge-patch+json", """{"spec":{"foo":1}}""", 422)]
    [InlineData("PATCH", Deployments + "/web", "application/json-patch+json", """[{"op":"add","path":"/spec/foo","value":1}]""", 422)]
    public async Task Unknown_and_repeated_fields_are_named_whatever_the_way(string method, string path, string type, string body, int code)
    {
        var (strict, said) = await SendAsync(method, $"{path}?fieldValidation=Strict&dryRun=All", type, body);

        strict.ShouldBe(code, said);
        var message = JsonNode.Parse(said)!["message"]!.GetValue<string>();
        message.ShouldContain("strict decoding error: ");
        message.ShouldContain("unknown field \"spec.foo\"");
        if (body.Contains("replicas", StringComparison.Ordinal)) message.ShouldContain("duplicate field \"spec.replicas\"");
    }

    private async Task<(int Code, string Body)> SendAsync(string method, string path, string type, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body.Length > 0) request.Content = new StringContent(body, new MediaTypeHeaderValue(type));
        using var answer = await Api.Http.SendAsync(request, Cancel);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }
}
