using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Kip.Testing.Kubectl;
using Shouldly;

namespace Kip.Tests.ApiServer.CustomResources;

/// <summary>What a definition makes the server serve, over HTTP.</summary>
public sealed class CustomResourceTests : IAsyncLifetime
{
    private const string CronTabs = "/apis/stable.example.com/v1/namespaces/default/crontabs";

    private ApiServerFixture _api = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiServerFixture.StartAsync();
        (await PostAsync(Definitions.Path, Definitions.CronTabs)).Code.ShouldBe(201);
    }

    public async ValueTask DisposeAsync()
    {
        _api.Logs.Lines.ShouldBeEmpty();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task A_definition_is_established_by_the_time_it_is_answered()
    {
        var definition = await GetAsync($"{Definitions.Path}/crontabs.stable.example.com");

        var status = definition["status"]!;
        status["conditions"]!.AsArray().Select(static c => $"{c!["type"]}={c["status"]}").ShouldBe(["NamesAccepted=True", "Established=True"]);
        status["acceptedNames"]!["singular"]!.GetValue<string>().ShouldBe("crontab");
        status["acceptedNames"]!["listKind"]!.GetValue<string>().ShouldBe("CronTabList");
        status["storedVersions"]!.ToJsonString().ShouldBe("""["v1"]""");
        (await GetAsync("/apis/stable.example.com/v1"))["resources"]!.AsArray().Select(static r => (string)r!["name"]!)
            .ShouldBe(["crontabs", "crontabs/status", "crontabs/scale"]);
    }

    [Fact]
    public async Task An_object_is_stored_with_defaults_and_without_what_the_schema_does_not_know()
    {
        var (code, made) = await PostAsync(CronTabs, Definitions.CronTab("a", """{"cronSpec": "* * * * *", "typo": 1, "extra": {"any": [1.0, null]}}"""));

        code.ShouldBe(201);
        made["spec"]!.ToJsonString().ShouldBe("""{"cronSpec":"* * * * *","extra":{"any":[1,null]},"image":"busybox","replicas":1}""");
        made["metadata"]!["generation"]!.GetValue<long>().ShouldBe(1);
        (await GetAsync($"{CronTabs}/a")).ToJsonString().ShouldBe(made.ToJsonString());
    }

    [Fact]
    public async Task Strict_field_validation_names_what_would_be_dropped()
    {
        var (code, refused) = await PostAsync(
            $"{CronTabs}?fieldValidation=Strict", Definitions.CronTab("a", """{"cronSpec": "* * * * *", "typo": 1, "image": "a", "image": "b"}"""));

        code.ShouldBe(400);
        ((string)refused["message"]!).ShouldContain("strict decoding error: duplicate field \"spec.image\", unknown field \"spec.typo\"");
    }

    [Fact]
    public async Task Every_version_shows_the_object_in_its_own_shape()
    {
        await PostAsync(CronTabs, Definitions.CronTab("a", """{"cronSpec": "* * * * *"}"""));

        var older = await GetAsync($"{CronTabs.Replace("/v1/", "/v1beta1/", StringComparison.Ordinal)}/a");

        older["apiVersion"]!.GetValue<string>().ShouldBe("stable.example.com/v1beta1");
        older["spec"]!.ToJsonString().ShouldBe("""{"cronSpec":"* * * * *"}""");
    }

    private async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await _api.Http.GetStringAsync(path, Cancel))!;

    private async Task<(int Code, JsonNode Body)> PostAsync(string path, string body)
    {
        using var answer = await _api.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!);
    }
}
