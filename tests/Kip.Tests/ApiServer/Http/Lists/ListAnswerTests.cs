using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using Kip.ApiServer.Registry;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Shouldly;

namespace Kip.Tests.ApiServer.Http.Lists;

/// <summary>Lists that are long enough to go out in parts: what is copied from the last list and what has changed since.</summary>
public sealed class ListAnswerTests : ApiServerTest
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const int Count = 200;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        for (var i = 0; i < Count; i++) await Resources.CreateAsync(Map($"m-{i:000}", "first"), Cancel);
    }

    private EmbeddedResources Resources => new(Api.Registry);

    [Fact]
    public async Task A_list_shows_what_has_changed_since_the_last_one()
    {
        var first = await ItemsAsync(Maps);
        JsonNode.DeepEquals(await ItemsAsync(Maps), first).ShouldBeTrue();
        await Resources.UpdateAsync(Map("m-007", "second"), Cancel);
        await Resources.DeleteAsync(ConfigMap.Definition, new("default", "m-008"), new DeleteOptions(), Cancel);
        await Resources.CreateAsync(Map("m-last", "é \"<&>\" \u2028"), Cancel);

        var items = await ItemsAsync(Maps);

        items.Select(static item => (string)item!["metadata"]!["name"]!)
            .ShouldBe(Enumerable.Range(0, Count).Where(static i => i != 8).Select(static i => $"m-{i:000}").Append("m-last"));
        ValueOf(items[7]!).ShouldStartWith("second");
        ValueOf(items[8]!).ShouldStartWith("first");
        ValueOf(items[^1]!).ShouldStartWith("é \"<&>\" \u2028");
        foreach (var item in items) JsonNode.DeepEquals(item, await GetAsync((string)item!["metadata"]!["name"]!)).ShouldBeTrue();
    }

    [Fact]
    public async Task Indented_compressed_and_in_parts_it_is_the_same_list()
    {
        var plain = await ItemsAsync(Maps);
        JsonNode.DeepEquals(await ItemsAsync($"{Maps}?pretty=true"), plain).ShouldBeTrue();
        (await ListAsync($"{Maps}?pretty=true")).ShouldContain("\n");
        JsonNode.DeepEquals(JsonNode.Parse(await CompressedAsync())!["items"], plain).ShouldBeTrue();

        var parts = new JsonArray();
        var next = "";
        do
        {
            var part = JsonNode.Parse(await ListAsync($"{Maps}?limit=90&continue={next}"))!;
            foreach (var item in part["items"]!.AsArray()) parts.Add(item!.DeepClone());
            next = (string?)part["metadata"]!["continue"] ?? "";
        }
        while (next.Length > 0);
        JsonNode.DeepEquals(parts, plain).ShouldBeTrue();
    }

    [Fact]
    public async Task Objects_have_the_version_that_the_path_names()
    {
        await Resources.CreateAsync(new Event
        {
            Metadata = new() { Name = "e", Namespace = "default" }, InvolvedObject = new() { Kind = "Pod", Name = "p", Namespace = "default" },
            Reason = "Why", Message = "what",
        }, Cancel);
        for (var i = 0; i < 2; i++)
        {
            var core = (await ItemsAsync("/api/v1/namespaces/default/events"))[0]!;
            var other = (await ItemsAsync("/apis/events.k8s.io/v1/namespaces/default/events"))[0]!;
            ((string)core["message"]!).ShouldBe("what");
            ((string)other["apiVersion"]!).ShouldBe("events.k8s.io/v1");
            ((string)other["note"]!).ShouldBe("what");
        }
    }

    private async Task<JsonArray> ItemsAsync(string path) => JsonNode.Parse(await ListAsync(path))!["items"]!.AsArray();

    private async Task<string> ListAsync(string path)
    {
        using var answer = await Api.Http.GetAsync(path, Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadAsStringAsync(Cancel);
    }

    private async Task<string> CompressedAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Maps);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        using var answer = await Api.Http.SendAsync(request, Cancel);
        answer.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        await using var unpacked = new GZipStream(await answer.Content.ReadAsStreamAsync(Cancel), CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        return await reader.ReadToEndAsync(Cancel);
    }

    private async Task<JsonNode?> GetAsync(string name) => JsonNode.Parse(await ListAsync($"{Maps}/{name}"));

    private static string ValueOf(JsonNode item) => (string)item["data"]!["k"]!;

    private static ConfigMap Map(string name, string value) =>
        new() { Metadata = new() { Name = name, Namespace = "default" }, Data = StringMap.Of(("k", value + new string('x', 2000))) };
}
