using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Shouldly;

namespace Kip.Tests.ApiServer.CustomResources;

/// <summary>What a definition makes the server serve, over HTTP.</summary>
public sealed class CustomResourceTests : ApiServerTest
{
    private const string CronTabs = "/apis/stable.example.com/v1/namespaces/default/crontabs";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        (await PostAsync(Definitions.Path, Definitions.CronTabs)).Code.ShouldBe(201);
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

    [Theory]
    [InlineData(
        """{"cronSpec": "often"}""",
        "spec.cronSpec: Invalid value: \"often\": spec.cronSpec in body should match '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$'")]
    [InlineData("""{}""", "spec.cronSpec: Required value")]
    [InlineData("""{"cronSpec": 5}""", "spec.cronSpec: Invalid value: \"integer\": spec.cronSpec in body must be of type string: \"integer\"")]
    [InlineData("""{"cronSpec": "* * * * *", "replicas": 11}""", "spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10")]
    [InlineData("""{"cronSpec": "* * * * *", "color": "green"}""", "spec.color: Unsupported value: \"green\": supported values: \"red\", \"blue\"")]
    [InlineData("""{"cronSpec": "* * * * *", "hosts": [{"name": "a"}, {"name": "a"}]}""", "spec.hosts[1]: Duplicate value: {\"name\":\"a\"}")]
    public async Task What_the_schema_forbids_is_refused_with_its_path(string spec, string message)
    {
        var (code, refused) = await PostAsync(CronTabs, Definitions.CronTab("a", spec));

        code.ShouldBe(422);
        ((string)refused["message"]!).ShouldBe($"CronTab.stable.example.com \"a\" is invalid: {message}");
    }

    [Fact]
    public async Task Status_and_scale_are_written_apart_and_only_the_spec_counts_as_a_generation()
    {
        await PostAsync(CronTabs, Definitions.CronTab("a", """{"cronSpec": "* * * * *"}"""));

        var status = await PatchAsync($"{CronTabs}/a/status", """{"spec": {"image": "ignored"}, "status": {"replicas": 3, "selector": "app=a"}}""");
        status["spec"]!["image"]!.GetValue<string>().ShouldBe("busybox");
        status["metadata"]!["generation"]!.GetValue<long>().ShouldBe(1);

        var scale = await PatchAsync($"{CronTabs}/a/scale", """{"spec": {"replicas": 4}}""");
        scale["kind"]!.GetValue<string>().ShouldBe("Scale");
        scale["status"]!.ToJsonString().ShouldBe("""{"replicas":3,"selector":"app=a"}""");
        var scaled = await GetAsync($"{CronTabs}/a");
        scaled["spec"]!["replicas"]!.GetValue<int>().ShouldBe(4);
        scaled["metadata"]!["generation"]!.GetValue<long>().ShouldBe(2);

        var plain = await PatchAsync($"{CronTabs}/a", """{"status": {"replicas": 9}}""");
        plain["status"]!["replicas"]!.GetValue<int>().ShouldBe(3);
    }

    [Fact]
    public async Task Objects_are_chosen_by_the_fields_that_the_definition_names()
    {
        await PostAsync(CronTabs, Definitions.CronTab("a", """{"cronSpec": "* * * * *", "color": "red"}"""));
        await PostAsync(CronTabs, Definitions.CronTab("b", """{"cronSpec": "* * * * *", "color": "blue"}"""));

        var list = await GetAsync($"{CronTabs}?fieldSelector=spec.color%3Dred");

        list["items"]!.AsArray().Select(static item => (string)item!["metadata"]!["name"]!).ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_table_has_the_columns_of_the_definition()
    {
        await PostAsync(CronTabs, Definitions.CronTab("a", """{"cronSpec": "* * * * *"}"""));
        await PatchAsync($"{CronTabs}/a/status", """{"status": {"conditions": [{"type": "Other", "status": "False"}, {"type": "Ready", "status": "True"}]}}""");
        using var request = new HttpRequestMessage(HttpMethod.Get, CronTabs);
        request.Headers.TryAddWithoutValidation("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");

        using var answer = await Api.Http.SendAsync(request, Cancel);
        var table = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;

        table["columnDefinitions"]!.AsArray().Select(static c => (string)c!["name"]!).ShouldBe(["Name", "Spec", "Replicas", "Ready", "Age"]);
        table["rows"]![0]!["cells"]!.AsArray().Take(4).Select(static c => c!.ToString()).ShouldBe(["a", "* * * * *", "1", "True"]);
    }

    [Fact]
    public async Task A_definition_goes_after_its_objects_and_its_kind_is_unknown_then()
    {
        await PostAsync(CronTabs, Definitions.CronTab("a", """{"cronSpec": "* * * * *"}"""));
        using var watch = new StreamReader(await Api.Http.GetStreamAsync($"{CronTabs}?watch=true", Cancel));
        // The answer has begun before the objects are looked at: only the first event says that the watch is there.
        var lines = new List<string> { TypeOf((await watch.ReadLineAsync(Cancel))!) };

        using var deleted = await Api.Http.DeleteAsync($"{Definitions.Path}/crontabs.stable.example.com", Cancel);
        deleted.StatusCode.ShouldBe(HttpStatusCode.OK);

        while (await watch.ReadLineAsync(Cancel) is { } line) lines.Add(TypeOf(line));
        lines.ShouldBe(["ADDED", "DELETED"]);
        using var gone = await Api.Http.GetAsync(CronTabs, Cancel);
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync(Definitions.Path, Definitions.CronTabs)).Code.ShouldBe(201);
        (await GetAsync(CronTabs))["items"]!.AsArray().ShouldBeEmpty();
    }

    private static string TypeOf(string line) => (string)JsonNode.Parse(line)!["type"]!;

    private async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await Api.Http.GetStringAsync(path, Cancel))!;

    private async Task<JsonNode> PatchAsync(string path, string body)
    {
        using var answer = await Api.Http.PatchAsync(path, new StringContent(body, Encoding.UTF8, "application/merge-patch+json"), Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<(int Code, JsonNode Body)> PostAsync(string path, string body)
    {
        using var answer = await Api.Http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!);
    }
}
