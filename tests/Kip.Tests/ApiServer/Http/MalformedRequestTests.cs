using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Kip.Client;
using Kip.Resources;
using Shouldly;

namespace Kip.Tests.ApiServer.Http;

/// <summary>Whatever is sent: an answer that says what is wrong, never a failure of the server.</summary>
public sealed class MalformedRequestTests : ApiServerTest
{
    public static TheoryData<string> Bodies =>
    [
        "", " ", "{", "}", "[]", "null", "7", "\"text\"", "{\"metadata\":7}", "{\"metadata\":{\"name\":\"\\ud800\"}}", "{\"kind\":\"\\ud800\"}", "{\"kind\":7}",
        "{\"kind\":\"Pod\",\"apiVersion\":\"v9\"}", "{\"kind\":\"Tree\",\"apiVersion\":\"v1\"}", "{\"metadata\":{\"name\":\"UPPER\"}}",
        "{\"metadata\":{\"name\":\"a\",\"namespace\":\"elsewhere\"}}", "{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"x\"}}",
        "{\"metadata\":{\"name\":\"a\",\"ownerReferences\":[{}]}}", "{\"metadata\":{\"labels\":{\"bad key\":\"bad value!\"}}}",
        "{\"spec\":{\"containers\":[null]}}", "{\"spec\":null,\"status\":null,\"metadata\":null}", "kind: ConfigMap", "\u0000", "{\"a\":1}{\"b\":2}",
        "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"affinity\":\"\\ud800\"}}", "{\"metadata\":{\"creationTimestamp\":\"9999-99-99\"}}",
    ];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_malformed_body_is_the_clients_mistake(string body)
    {
        foreach (var kind in Kinds.All)
        {
            var collection = PathOf(kind);
            await RefusedAsync(HttpMethod.Post, collection, body, "application/json");
            await RefusedAsync(HttpMethod.Put, $"{collection}/x", body, "application/json");
            foreach (var type in new[] { PatchContentType.Json, PatchContentType.Merge, PatchContentType.StrategicMerge, "text/plain" })
                await RefusedAsync(HttpMethod.Patch, $"{collection}/x", body, type);
        }
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_the_clients_mistake()
    {
        byte[][] bodies =
        [
            [0xff, 0xfe], [0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d], [.. Enumerable.Repeat((byte)'[', 100_000)],
            [.. "{\"a\":"u8, .. Enumerable.Repeat((byte)'[', 2000)],
        ];
        foreach (var bytes in bodies)
        {
            using var content = new ByteArrayContent(bytes);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await Api.Http.PostAsync("/api/v1/namespaces/default/pods", content, Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task A_review_is_read_like_any_other_body()
    {
        foreach (var path in (string[])["/apis/authorization.k8s.io/v1/subjectaccessreviews", "/api/v1/namespaces/default/serviceaccounts/default/token"])
        foreach (var spec in (string[])[string.Concat(Enumerable.Repeat(
            "[", 100)) + string.Concat(Enumerable.Repeat("]", 100)), "{\"a\":1,\"a\":2}", "\"\\ud800\"", "7"])
            await RefusedAsync(HttpMethod.Post, path, $"{{\"spec\":{spec},\"spec\":{spec}}}", "application/json");
    }

    [Theory]
    [InlineData("limit=many")]
    [InlineData("limit=99999999999999999999")]
    [InlineData("continue=rubbish")]
    [InlineData("labelSelector=a%20in%20(")]
    [InlineData("labelSelector=%21%21%21")]
    [InlineData("fieldSelector=spec.color%3Dred")]
    [InlineData("fieldSelector=%3D")]
    [InlineData("resourceVersion=-1")]
    [InlineData("resourceVersion=1.5")]
    [InlineData("resourceVersionMatch=Sometimes&resourceVersion=1")]
    [InlineData("resourceVersionMatch=Exact")]
    [InlineData("resourceVersionMatch=Exact&resourceVersion=0")]
    [InlineData("resourceVersionMatch=Exact&resourceVersion=99999999")]
    [InlineData("resourceVersion=99999999999")]
    [InlineData("watch=true&resourceVersion=x")]
    [InlineData("includeObject=%00")]
    public async Task A_malformed_parameter_of_a_list_is_the_clients_mistake(string parameters)
    {
        using var answer = await Api.Http.GetAsync($"/api/v1/pods?{parameters}", Cancel);

        ((int)answer.StatusCode).ShouldBeOneOf(400, 410, 422, 504);
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["message"]!.GetValue<string>().ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("POST", "/api/v1/pods")]
    [InlineData("PUT", "/api/v1/namespaces/default/pods")]
    [InlineData("POST", "/api/v1/namespaces/default/pods/p")]
    [InlineData("DELETE", "/api/v1/pods")]
    [InlineData("PATCH", "/api/v1/namespaces/default/pods/p/log")]
    [InlineData("DELETE", "/apis/apps/v1/namespaces/default/deployments/d/scale")]
    [InlineData("OPTIONS", "/api/v1/namespaces/default/pods/p")]
    [InlineData("BREW", "/api/v1/namespaces/default/pods/p")]
    public async Task A_verb_that_a_path_does_not_have_is_405(string method, string path)
    {
        using var answer = await Api.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Theory]
    [InlineData("{\"propagationPolicy\":\"Sideways\"}", 422)]
    [InlineData("{\"propagationPolicy\":\"Orphan\",\"orphanDependents\":true}", 422)]
    [InlineData("{\"gracePeriodSeconds\":-5}", 422)]
    [InlineData("{\"gracePeriodSeconds\":\"soon\"}", 400)]
    [InlineData("{\"dryRun\":[\"Some\"]}", 422)]
    [InlineData("{\"preconditions\":{\"uid\":\"other\"}}", 409)]
    [InlineData("{", 400)]
    [InlineData("[]", 400)]
    public async Task A_deletion_with_malformed_options_deletes_nothing(string body, int code)
    {
        await RefusedAsync(HttpMethod.Post, "/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"a"}}""", "application/json");

        (await RefusedAsync(HttpMethod.Delete, "/api/v1/namespaces/default/configmaps/a", body, "application/json")).ShouldBe(code);

        (await Api.Http.GetAsync("/api/v1/namespaces/default/configmaps/a", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("tailLines=-1")]
    [InlineData("tailLines=x")]
    [InlineData("limitBytes=0")]
    [InlineData("sinceSeconds=-3")]
    [InlineData("sinceSeconds=99999999999999")]
    [InlineData("sinceTime=yesterday")]
    [InlineData("sinceTime=2026-01-01T00:00:00Z&sinceSeconds=3")]
    [InlineData("container=nobody")]
    public async Task Malformed_questions_for_logs_are_refused(string parameters)
    {
        await RefusedAsync(
            HttpMethod.Post, "/api/v1/namespaces/default/pods", """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}""",
            "application/json");

        using var answer = await Api.Http.GetAsync($"/api/v1/namespaces/default/pods/p/log?{parameters}", Cancel);

        // 501: nothing was wrong with it, but this server keeps no logs.
        ((int)answer.StatusCode).ShouldBeOneOf(400, 422, parameters == "sinceSeconds=99999999999999" ? 501 : 400);
    }

    [Fact]
    public async Task Random_objects_and_patches_are_stored_or_refused()
    {
        var paths = Kinds.All.Select(PathOf).ToArray();
        var types = new[] { PatchContentType.Json, PatchContentType.Merge, PatchContentType.StrategicMerge };
        foreach (var (body, turn) in JsonValues.Make().Sample(300, 6).Select(static (body, turn) => (body, turn)))
        {
            var path = paths[turn % paths.Length];
            await RefusedAsync(HttpMethod.Post, path, $$"""{"metadata":{"name":"x"},"spec":{{body}},"data":{{body}}}""", "application/json");
            await RefusedAsync(HttpMethod.Patch, $"{path}/x", body, types[turn % 3]);
            await RefusedAsync(HttpMethod.Patch, $"{path}/x/status", $$"""{"status":{{body}}}""", PatchContentType.Merge);
            await RefusedAsync(HttpMethod.Put, $"{path}/x", body, "application/json");
        }
    }

    private static string PathOf(KindDefinition kind)
    {
        var root = kind.Group.Length == 0 ? $"/api/{kind.Version}" : $"/apis/{kind.Group}/{kind.Version}";
        return kind.Namespaced ? $"{root}/namespaces/default/{kind.Plural}" : $"{root}/{kind.Plural}";
    }

    /// <summary>Sends it and expects any answer but the server's own failure; a refusal must say why.</summary>
    private async Task<int> RefusedAsync(HttpMethod method, string path, string body, string type)
    {
        var content = new StringContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var answer = await Api.Http.SendAsync(request, Cancel);
        var said = await answer.Content.ReadAsStringAsync(Cancel);
        ((int)answer.StatusCode).ShouldBeLessThan(500, $"{method} {path} {type} {body}: {said}");
        if ((int)answer.StatusCode >= 400) JsonNode.Parse(said)!["message"]!.GetValue<string>().ShouldNotBeEmpty();
        return (int)answer.StatusCode;
    }
}
