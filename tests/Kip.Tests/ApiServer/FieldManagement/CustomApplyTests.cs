using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kip.Client;
using Kip.Tests.ApiServer.CustomResources;
using Shouldly;

namespace Kip.Tests.ApiServer.FieldManagement;

/// <summary>Server-side apply of kinds that users define: their schemas say how lists are owned.</summary>
public sealed class CustomApplyTests : ApiServerTest
{
    private const string Tab = "/apis/stable.example.com/v1/namespaces/default/crontabs/a";

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await SendAsync(HttpMethod.Post, Definitions.Path, "application/json", Definitions.CronTabs, 201);
    }

    [Fact]
    public async Task A_list_with_keys_is_shared_item_by_item()
    {
        await ApplyAsync("one", """{"cronSpec":"* * * * *","hosts":[{"name":"x","port":1}]}""", 201);
        await ApplyAsync("two", """{"cronSpec":"* * * * *","hosts":[{"name":"y","port":2}]}""", 200);
        (await ApplyAsync("two", """{"hosts":[{"name":"x","port":3}]}""", 409))["message"]!.GetValue<string>()
            .ShouldBe("Apply failed with 1 conflict: conflict with \"one\": .spec.hosts[name=\"x\"].port");

        var left = await ApplyAsync("one", """{"cronSpec":"* * * * *"}""", 200);

        left["spec"]!["hosts"]!.ToJsonString().ShouldBe("""[{"name":"y","port":2}]""");
        Fields(left).ShouldBe([
            """one: {"f:spec":{"f:cronSpec":{}}}""",
            """two: {"f:spec":{"f:cronSpec":{},"f:hosts":{"k:{\"name\":\"y\"}":{".":{},"f:name":{},"f:port":{}}}}}""",
        ], ignoreOrder: true);
    }

    [Fact]
    public async Task What_no_schema_describes_is_granular_in_its_maps_and_one_value_in_its_lists()
    {
        await ApplyAsync("one", """{"cronSpec":"* * * * *","extra":{"a":{"b":1},"list":[1,2]}}""", 201);
        var both = await ApplyAsync("two", """{"cronSpec":"* * * * *","extra":{"a":{"c":2}}}""", 200);
        both["spec"]!["extra"]!.ToJsonString().ShouldBe("""{"a":{"b":1,"c":2},"list":[1,2]}""");

        (await ApplyAsync("two", """{"extra":{"list":[1,2,3]}}""", 409))["message"]!.GetValue<string>()
            .ShouldEndWith("conflict with \"one\": .spec.extra.list");
        var left = await ApplyAsync("one", """{"cronSpec":"* * * * *"}""", 200);
        left["spec"]!["extra"]!.ToJsonString().ShouldBe("""{"a":{"c":2}}""");
    }

    [Fact]
    public async Task A_field_that_the_definition_does_not_have_is_refused_and_what_is_wrong_is_told()
    {
        (await ApplyAsync("one", """{"cronSpec":"* * * * *","typo":1}""", 400, "&fieldValidation=Strict"))["message"]!.GetValue<string>()
            .ShouldBe("failed to create typed patch object (default/a; stable.example.com/v1, Kind=CronTab): .spec.typo: field not declared in schema");
        await ApplyAsync("one", """{"cronSpec":3}""", 400);
        await ApplyAsync("one", """{"cronSpec":"never"}""", 422);
        await ApplyAsync("one", """{"cronSpec":"* * * * *","hosts":[{"port":1}]}""", 400);
    }

    [Fact]
    public async Task A_status_is_applied_through_its_subresource()
    {
        await ApplyAsync("one", """{"cronSpec":"* * * * *"}""", 201);

        var applied = await SendAsync(HttpMethod.Patch, $"{Tab}/status?fieldManager=controller", PatchContentType.Apply,
            """{"apiVersion":"stable.example.com/v1","kind":"CronTab","metadata":{"name":"a"},"status":{"replicas":2}}""", 200);

        applied["status"]!.ToJsonString().ShouldBe("""{"replicas":2}""");
        Fields(applied).ShouldContain("""controller: {"f:status":{"f:replicas":{}}}""");
    }

    [Fact]
    public async Task A_scale_is_applied_where_the_definition_keeps_the_number()
    {
        await ApplyAsync("one", """{"cronSpec":"* * * * *","replicas":1}""", 201);
        const string scale = """{"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"a"},"spec":{"replicas":3}}""";

        (await SendAsync(HttpMethod.Patch, $"{Tab}/scale?fieldManager=hpa", PatchContentType.Apply, scale, 409))["message"]!.GetValue<string>()
            .ShouldBe("Apply failed with 1 conflict: conflict with \"one\": .spec.replicas");
        await SendAsync(HttpMethod.Patch, $"{Tab}/scale?fieldManager=hpa&force=true", PatchContentType.Apply, scale, 200);

        var tab = await SendAsync(HttpMethod.Get, Tab, "application/json", "", 200);
        tab["spec"]!["replicas"]!.GetValue<int>().ShouldBe(3);
        Fields(tab).ShouldContain("""hpa: {"f:spec":{"f:replicas":{}}}""");
    }

    [Fact]
    public async Task Whoever_patches_an_item_of_a_list_with_keys_takes_over_that_item_alone()
    {
        await ApplyAsync("one", """{"cronSpec":"* * * * *","hosts":[{"name":"x","port":1},{"name":"y","port":2}]}""", 201);

        var patched = await SendAsync(HttpMethod.Patch, $"{Tab}?fieldManager=hand", PatchContentType.Merge,
            """{"spec":{"hosts":[{"name":"x","port":1},{"name":"y","port":3}]}}""", 200);

        Fields(patched).ShouldContain("""hand: {"f:spec":{"f:hosts":{"k:{\"name\":\"y\"}":{"f:port":{}}}}}""");
    }

    private static string[] Fields(JsonNode answer) =>
        [.. answer["metadata"]!["managedFields"]!.AsArray().Select(static entry => $"{entry!["manager"]}: {entry["fieldsV1"]!.ToJsonString(Compact)}")];

    private Task<JsonNode> ApplyAsync(string manager, string spec, int code, string more = "") => SendAsync(
        HttpMethod.Patch, $"{Tab}?fieldManager={manager}{more}", PatchContentType.Apply,
        $$"""{"apiVersion":"stable.example.com/v1","kind":"CronTab","metadata":{"name":"a"},"spec":{{spec}}}""", code);

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, string type, string body, int code)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var answer = await Api.Http.SendAsync(request, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        ((int)answer.StatusCode).ShouldBe(code, text);
        return JsonNode.Parse(text)!;
    }
}
