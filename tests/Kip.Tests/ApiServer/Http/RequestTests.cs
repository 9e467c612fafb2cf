using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Shouldly;

namespace Kip.Tests.ApiServer.Http;

/// <summary>What the server answers, byte by byte where it matters.</summary>
public sealed class RequestTests : ApiServerTest
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    private const string Services = "/apis/serving.knative.dev/v1/namespaces/default/services";

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong")]
    public async Task Without_the_token_everything_but_health_is_401(string? token)
    {
        using var stranger = Api.NewClient(token);

        foreach (var path in new[] { "/api", "/version", "/openapi/v3", Maps, "/nothing" })
        {
            using var answer = await stranger.GetAsync(path, Cancel);
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
            (await JsonAsync(answer))["reason"]!.GetValue<string>().ShouldBe("Unauthorized");
        }
        foreach (var path in new[] { "/healthz", "/livez", "/readyz" }) (await stranger.GetStringAsync(path, Cancel)).ShouldBe("ok");
    }

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/apis/stable.example.com/v1/crontabs")]
    [InlineData("/apis/serving.knative.dev/v2/services")]
    [InlineData("/api/v1/namespaces/default/trees")]
    [InlineData("/api/v1//pods")]
    [InlineData("/api/v1/pods/p")]
    [InlineData("/api/v1/namespaces/default/pods/p/log/x")]
    public async Task An_unknown_path_is_404_in_plain_text(string path)
    {
        using var answer = await Api.Http.GetAsync(path, Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldBe("404 page not found\n");
    }

    [Fact]
    public async Task A_missing_object_is_a_status_that_says_which()
    {
        var status = await SendAsync(HttpMethod.Get, $"{Services}/x", null, 404);

        status["message"]!.GetValue<string>().ShouldBe("services.serving.knative.dev \"x\" not found");
        status["details"]!.ToJsonString().ShouldBe("""{"name":"x","group":"serving.knative.dev","kind":"services"}""");
    }

    [Fact]
    public async Task Objects_are_created_read_replaced_patched_and_deleted()
    {
        var created = await SendAsync(HttpMethod.Post, Maps, """{"metadata":{"name":"a"},"data":{"k":"1"}}""", 201);
        created["metadata"]!["uid"].ShouldNotBeNull();
        created["kind"]!.GetValue<string>().ShouldBe("ConfigMap");
        await SendAsync(HttpMethod.Post, Maps, """{"metadata":{"name":"a"}}""", 409);

        created["data"]!["k"] = "2";
        var replaced = await SendAsync(HttpMethod.Put, $"{Maps}/a", created.ToJsonString(), 200);
        replaced["data"]!["k"]!.GetValue<string>().ShouldBe("2");
        var stale = await SendAsync(HttpMethod.Put, $"{Maps}/a", created.ToJsonString().Replace("\"2\"", "\"3\""), 409);
        stale["reason"]!.GetValue<string>().ShouldBe("Conflict");

        (await PatchAsync($"{Maps}/a", PatchContentType.Merge, """{"data":{"x":"y"}}""", 200))["data"]!.ToJsonString().ShouldBe("""{"k":"2","x":"y"}""");
        await PatchAsync($"{Maps}/a", PatchContentType.Json, """[{"op":"test","path":"/data/k","value":"9"}]""", 422);
        await PatchAsync(
            $"{Maps}/a", PatchContentType.Merge,
            $$$"""{"metadata":{"resourceVersion":"{{{created["metadata"]!["resourceVersion"]}}}"},"data":{"k":"9"}}""", 409);

        var gone = await SendAsync(HttpMethod.Delete, $"{Maps}/a", null, 200);
        (gone["status"]!.GetValue<string>(), gone["details"]!["uid"]!.GetValue<string>())
            .ShouldBe(("Success", created["metadata"]!["uid"]!.GetValue<string>()));
        await SendAsync(HttpMethod.Get, $"{Maps}/a", null, 404);
    }

    [Fact]
    public async Task A_dry_run_answers_and_stores_nothing()
    {
        await SendAsync(HttpMethod.Post, $"{Maps}?dryRun=All", """{"metadata":{"name":"a"}}""", 201);
        await SendAsync(HttpMethod.Get, $"{Maps}/a", null, 404);
        await SendAsync(HttpMethod.Post, $"{Maps}?dryRun=Some", """{"metadata":{"name":"a"}}""", 422);
        await SendAsync(HttpMethod.Post, Maps, """{"metadata":{"name":"a"}}""", 201);
        await SendAsync(HttpMethod.Delete, $"{Maps}/a", """{"dryRun":["All"]}""", 200);
        await SendAsync(HttpMethod.Get, $"{Maps}/a", null, 200);
    }

    [Fact]
    public async Task Unknown_fields_are_refused_warned_of_or_ignored_as_the_client_wants()
    {
        const string body = """{"metadata":{"name":"a"},"dta":{"k":"1"},"data":{"k":"1","k":"2"}}""";

        var strict = await SendAsync(HttpMethod.Post, $"{Maps}?fieldValidation=Strict", body, 400);
        strict["message"]!.GetValue<string>().ShouldBe(
            "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: duplicate field \"data.k\", unknown field \"dta\"");
        using var warned = await Api.Http.PostAsync($"{Maps}?dryRun=All", Json(body), Cancel);
        warned.Headers.GetValues("Warning").ShouldBe(["299 - \"duplicate field \\\"data.k\\\"\"", "299 - \"unknown field \\\"dta\\\"\""]);
        using var ignored = await Api.Http.PostAsync($"{Maps}?dryRun=All&fieldValidation=Ignore", Json(body), Cancel);
        ignored.Headers.Contains("Warning").ShouldBeFalse();
        await SendAsync(HttpMethod.Post, $"{Maps}?fieldValidation=Loud", body, 422);
        await SendAsync(HttpMethod.Post, Maps, """{"metadata":{"name":"a"}}""", 201);
        (await PatchAsync($"{Maps}/a?fieldValidation=Strict", PatchContentType.Merge, """{"dta":1}""", 422))["message"]!.GetValue<string>()
            .ShouldBe("ConfigMap \"a\" is invalid: patch: Invalid value: strict decoding error: unknown field \"dta\"");
    }

    [Fact]
    public async Task The_status_half_is_written_on_its_own()
    {
        await SendAsync(HttpMethod.Post, Deployments, Deployment("web"), 201);

        await PatchAsync($"{Deployments}/web/status", PatchContentType.Merge, """{"spec":{"replicas":9},"status":{"replicas":3}}""", 200);
        var both = await PatchAsync($"{Deployments}/web", PatchContentType.Merge, """{"spec":{"replicas":5},"status":{"replicas":8}}""", 200);

        (both["spec"]!["replicas"]!.GetValue<int>(), both["status"]!["replicas"]!.GetValue<int>()).ShouldBe((5, 3));
        await SendAsync(HttpMethod.Get, $"{Maps}/a/status", null, 404);
    }

    [Fact]
    public async Task The_scale_half_is_a_scale()
    {
        await SendAsync(HttpMethod.Post, Deployments, Deployment("web"), 201);

        var scale = await SendAsync(HttpMethod.Get, $"{Deployments}/web/scale", null, 200);
        (scale["kind"]!.GetValue<string>(), scale["status"]!["selector"]!.GetValue<string>()).ShouldBe(("Scale", "app=web"));
        scale["spec"]!["replicas"] = 7;
        (await SendAsync(HttpMethod.Put, $"{Deployments}/web/scale", scale.ToJsonString(), 200))["spec"]!["replicas"]!.GetValue<int>().ShouldBe(7);
        // That was with the version read; it is another now.
        await SendAsync(HttpMethod.Put, $"{Deployments}/web/scale", scale.ToJsonString().Replace(":7", ":8"), 409);
        await PatchAsync($"{Deployments}/web/scale", PatchContentType.Merge, """{"spec":{"replicas":2}}""", 200);
        await PatchAsync($"{Deployments}/web/scale", PatchContentType.Merge, """{"spec":{"replicas":-1}}""", 422);
        (await SendAsync(HttpMethod.Get, $"{Deployments}/web", null, 200))["spec"]!["replicas"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public async Task Kinds_of_patch_that_do_not_fit_are_415()
    {
        await SendAsync(HttpMethod.Post, Maps, """{"metadata":{"name":"a"}}""", 201);

        await PatchAsync($"{Maps}/a", "application/json", "{}", 415);
        (await PatchAsync($"{Services}/a", PatchContentType.StrategicMerge, "{}", 415))["message"]!.GetValue<string>().ShouldContain(PatchContentType.Merge);
    }

    [Fact]
    public async Task A_collection_is_listed_in_parts_and_deleted_whole()
    {
        for (var i = 0; i < 5; i++) await SendAsync(HttpMethod.Post, Maps, $$$"""{"metadata":{"name":"m{{{i}}}","labels":{"set":"x"} } }""", 201);

        var first = await SendAsync(HttpMethod.Get, $"{Maps}?limit=2&labelSelector=set%3Dx", null, 200);
        first["kind"]!.GetValue<string>().ShouldBe("ConfigMapList");
        var rest = await SendAsync(HttpMethod.Get, $"{Maps}?limit=9&labelSelector=set%3Dx&continue={first["metadata"]!["continue"]}", null, 200);
        Names(first).Concat(Names(rest)).ShouldBe(["m0", "m1", "m2", "m3", "m4"]);
        Names(await SendAsync(HttpMethod.Get, "/api/v1/configmaps?fieldSelector=metadata.name%3Dm3", null, 200)).ShouldBe(["m3"]);
        Names(await SendAsync(HttpMethod.Delete, $"{Maps}?labelSelector=set%3Dx", null, 200)).Count().ShouldBe(5);
        Names(await SendAsync(HttpMethod.Get, Maps, null, 200)).ShouldBeEmpty();

        static IEnumerable<string> Names(JsonNode list) => list["items"]!.AsArray().Select(static item => item!["metadata"]!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Objects_come_as_tables_and_as_metadata_when_asked()
    {
        await SendAsync(HttpMethod.Post, Maps, """{"metadata":{"name":"a"},"data":{"k":"1"}}""", 201);

        var table = await GetAsync(Maps, "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
        (table["kind"]!.GetValue<string>(), table["apiVersion"]!.GetValue<string>()).ShouldBe(("Table", "meta.k8s.io/v1"));
        table["columnDefinitions"]!.AsArray().Select(static c => c!["name"]!.GetValue<string>()).ShouldBe(["Name", "Data", "Age"]);
        table["rows"]![0]!["cells"]!.AsArray().Take(2).Select(static c => c!.ToJsonString()).ShouldBe(["\"a\"", "1"]);
        table["rows"]![0]!["object"]!["kind"]!.GetValue<string>().ShouldBe("PartialObjectMetadata");
        (await GetAsync($"{Maps}/a?includeObject=Object", "application/json;as=Table;v=v1;g=meta.k8s.io"))["rows"]![0]!["object"]!["data"].ShouldNotBeNull();
        (await GetAsync($"{Maps}?includeObject=None", "application/json;as=Table;v=v1;g=meta.k8s.io"))["rows"]![0]!["object"].ShouldBeNull();
        const string Partial = "as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
        var partial = await GetAsync(Maps, $"application/vnd.kubernetes.protobuf;{Partial},application/json;{Partial}");
        partial["kind"]!.GetValue<string>().ShouldBe("PartialObjectMetadataList");
        partial["items"]![0]!["data"].ShouldBeNull();
        await SendAsync(HttpMethod.Get, $"{Maps}?includeObject=Half", null, 400);
        using var protobufOnly = new HttpRequestMessage(HttpMethod.Get, Maps);
        protobufOnly.Headers.Add("Accept", "application/vnd.kubernetes.protobuf");
        (await Api.Http.SendAsync(protobufOnly, Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotAcceptable);
    }

    [Fact]
    public async Task A_large_list_is_compressed_for_those_who_take_it()
    {
        var text = new string('x', 1000);
        for (var i = 0; i < 300; i++)
            await Api.Registry.CreateAsync(
                new ConfigMap { Metadata = new() { Name = $"m{i:d3}", Namespace = "default" }, Data = StringMap.Of(("k", text)) }, new("test"), Cancel);

        using var request = new HttpRequestMessage(HttpMethod.Get, Maps);
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using var compressed = await Api.Http.SendAsync(request, Cancel);
        compressed.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        await using var plain = new GZipStream(await compressed.Content.ReadAsStreamAsync(Cancel), CompressionMode.Decompress);
        var list = await JsonNode.ParseAsync(plain, cancellationToken: Cancel);
        list!["items"]!.AsArray().Count.ShouldBe(300);
        using var straight = await Api.Http.GetAsync(Maps, Cancel);
        straight.Content.Headers.ContentEncoding.ShouldBeEmpty();
        (await JsonAsync(straight))["items"]!.AsArray().Count.ShouldBe(300);
    }

    [Fact]
    public async Task Documents_are_sent_once_to_those_who_keep_them()
    {
        string[] paths = ["/api", "/apis", "/api/v1", "/apis/apps", "/apis/serving.knative.dev/v1", "/openapi/v3", "/openapi/v3/api/v1", "/openapi/v2"];
        foreach (var path in paths)
        {
            using var first = await Api.Http.GetAsync(path, Cancel);
            first.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            using var again = new HttpRequestMessage(HttpMethod.Get, path);
            again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
            (await Api.Http.SendAsync(again, Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotModified, path);
            (await Api.Http.PostAsync(path, Json("{}"), Cancel)).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed, path);
        }
    }

    [Theory]
    [InlineData("v2")]
    [InlineData("v2beta1")]
    public async Task Aggregated_discovery_repeats_what_was_asked_for_in_its_content_type(string version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/apis");
        request.Headers.TryAddWithoutValidation("Accept", $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList,application/json");
        using var answer = await Api.Http.SendAsync(request, Cancel);

        answer.Content.Headers.ContentType!.ToString().ShouldBe($"application/json; g=apidiscovery.k8s.io; v={version}; as=APIGroupDiscoveryList");
        var groups = (await JsonAsync(answer))["items"]!.AsArray();
        groups.SelectMany(static g => g!["versions"]!.AsArray()).SelectMany(static v => v!["resources"]!.AsArray())
            .ShouldAllBe(static r => r!["responseKind"]!["kind"] != null);
        groups.Select(static g => g!["metadata"]!["name"]!.GetValue<string>()).ShouldContain("serving.knative.dev");
    }

    [Fact]
    public async Task Reviews_are_answered_for_the_one_user_there_is()
    {
        var me = await SendAsync(HttpMethod.Post, "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}", 201);
        me["status"]!["userInfo"]!["username"]!.GetValue<string>().ShouldBe("kubernetes-admin");
        foreach (var older in (string[])["v1beta1", "v1alpha1"])
            (await SendAsync(HttpMethod.Post, $"/apis/authentication.k8s.io/{older}/selfsubjectreviews", "{}", 201))["apiVersion"]!.GetValue<string>()
                .ShouldBe($"authentication.k8s.io/{older}");
        var may = await SendAsync(
            HttpMethod.Post, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", """{"spec":{"resourceAttributes":{"verb":"get"}}}""", 201);
        may["status"]!["allowed"]!.GetValue<bool>().ShouldBeTrue();
        may["spec"]!["resourceAttributes"]!["verb"]!.GetValue<string>().ShouldBe("get");
        await SendAsync(HttpMethod.Post, "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", "{", 400);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413()
    {
        var body = $$$"""{"metadata":{"name":"a"},"data":{"k":"{{{new string('x', 4 * 1024 * 1024)}}}"}}""";

        (await SendAsync(HttpMethod.Post, Maps, body, 413))["reason"]!.GetValue<string>().ShouldBe("RequestEntityTooLarge");
    }

    private static string Deployment(string name) =>
        $$"""
        {"metadata":{"name":"{{name}}"},"spec":{"selector":{"matchLabels":{"app":"web"} },
        "template":{"metadata":{"labels":{"app":"web"} },"spec":{"containers":[{"name":"c","image":"i"}]} } } }
        """;

    private async Task<JsonNode> GetAsync(string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await Api.Http.SendAsync(request, Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await JsonAsync(answer);
    }

    private Task<JsonNode> PatchAsync(string path, string type, string body, int expected)
    {
        var content = new StringContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return SendContentAsync(HttpMethod.Patch, path, content, expected);
    }

    private Task<JsonNode> SendAsync(HttpMethod method, string path, string? body, int expected) =>
        SendContentAsync(method, path, body is null ? null : Json(body), expected);

    private async Task<JsonNode> SendContentAsync(HttpMethod method, string path, HttpContent? body, int expected)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        using var answer = await Api.Http.SendAsync(request, Cancel);
        var json = await JsonAsync(answer);
        ((int)answer.StatusCode).ShouldBe(expected, json.ToJsonString());
        return json;
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
}
