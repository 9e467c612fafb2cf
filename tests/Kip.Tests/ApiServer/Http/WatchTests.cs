using System.Text.Json.Nodes;
using Kip.Resources;
using Kip.Resources.Core;
using Shouldly;

namespace Kip.Tests.ApiServer.Http;

/// <summary>Watches, as a client on the network sees them.</summary>
public sealed class WatchTests : ApiServerTest
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task Without_a_version_it_begins_with_what_is_there_and_goes_on_with_what_happens()
    {
        await CreateAsync("a");
        using var lines = await WatchAsync($"{Maps}?watch=true");
        (await NextAsync(lines)).ShouldBe(("ADDED", "a"));

        await CreateAsync("b");
        (await NextAsync(lines)).ShouldBe(("ADDED", "b"));
        await Api.Registry.ModifyAsync(
            ConfigMap.Definition, new("default", "b"), null, static r => (ConfigMap)r with { Data = StringMap.Of(("k", "1")) }, new("test"), Cancel);
        (await NextAsync(lines)).ShouldBe(("MODIFIED", "b"));
        await Api.Registry.DeleteAsync(ConfigMap.Definition, new("default", "a"), DeleteOptions.Default, new("test"), Cancel);
        (await NextAsync(lines)).ShouldBe(("DELETED", "a"));
    }

    [Fact]
    public async Task With_a_version_it_shows_only_what_came_after()
    {
        var version = (await CreateAsync("a")).Metadata.ResourceVersion;
        await CreateAsync("b");

        using var lines = await WatchAsync($"{Maps}?watch=1&resourceVersion={version}");

        (await NextAsync(lines)).ShouldBe(("ADDED", "b"));
    }

    [Fact]
    public async Task A_single_object_is_watched_by_its_name()
    {
        await CreateAsync("a");
        await CreateAsync("b");

        using var byField = await WatchAsync($"{Maps}?watch=true&fieldSelector=metadata.name%3Db");
        using var byPath = await WatchAsync($"{Maps}/b?watch=true");

        (await NextAsync(byField)).ShouldBe(("ADDED", "b"));
        (await NextAsync(byPath)).ShouldBe(("ADDED", "b"));
    }

    [Fact]
    public async Task Initial_events_end_with_a_bookmark_that_says_so()
    {
        await CreateAsync("a");

        using var lines = await WatchAsync($"{Maps}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");

        (await NextAsync(lines)).ShouldBe(("ADDED", "a"));
        var bookmark = JsonNode.Parse((await lines.ReadLineAsync(Cancel))!)!;
        bookmark["type"]!.GetValue<string>().ShouldBe("BOOKMARK");
        bookmark["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.GetValue<string>().ShouldBe("true");
        bookmark["object"]!["kind"]!.GetValue<string>().ShouldBe("ConfigMap");
        long.Parse(bookmark["object"]!["metadata"]!["resourceVersion"]!.GetValue<string>()).ShouldBePositive();
    }

    [Fact]
    public async Task In_table_form_every_event_is_a_table_and_the_first_names_the_columns()
    {
        await CreateAsync("a");
        using var lines = await WatchAsync($"{Maps}?watch=true", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
        var first = JsonNode.Parse((await lines.ReadLineAsync(Cancel))!)!["object"]!;
        await CreateAsync("b");
        var second = JsonNode.Parse((await lines.ReadLineAsync(Cancel))!)!["object"]!;

        first["kind"]!.GetValue<string>().ShouldBe("Table");
        first["columnDefinitions"]!.AsArray().Count.ShouldBe(3);
        second["columnDefinitions"]!.AsArray().ShouldBeEmpty();
        second["rows"]![0]!["cells"]![0]!.GetValue<string>().ShouldBe("b");
    }

    [Fact]
    public async Task It_ends_when_its_time_is_up()
    {
        using var lines = await WatchAsync($"{Maps}?watch=true&timeoutSeconds=1");

        (await lines.ReadLineAsync(Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task It_ends_cleanly_when_the_server_stops()
    {
        await CreateAsync("a");
        using var lines = await WatchAsync($"{Maps}?watch=true");
        (await NextAsync(lines)).ShouldBe(("ADDED", "a"));

        await Api.Server.DisposeAsync();

        (await lines.ReadLineAsync(Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task A_watcher_that_does_not_read_stalls_nobody_and_is_told_or_cut()
    {
        const int batches = 12, batch = 500;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        deadline.CancelAfter(TimeSpan.FromMinutes(3));
        var text = new string('x', 4000);
        using var slow = await WatchAsync($"{Maps}?watch=true");
        using var quick = await WatchAsync($"{Maps}?watch=true");
        for (var i = 0; i < batches; i++)
        {
            for (var j = 0; j < batch; j++)
                await Api.Registry.CreateAsync(
                    new ConfigMap { Metadata = new() { GenerateName = "m-", Namespace = "default" }, Data = StringMap.Of(("k", text)) }, new("test"), Cancel);
            for (var j = 0; j < batch; j++) (await quick.ReadLineAsync(deadline.Token)).ShouldNotBeNull().ShouldStartWith("{\"type\":\"ADDED\"");
        }

        // More than the history and all buffers hold has passed by.
        var (seen, end) = await ReadToEndAsync(slow, deadline.Token);

        seen.ShouldBeLessThan(batches * batch);
        end.ShouldBeOneOf("410", "cut");
    }

    [Theory]
    [InlineData("resourceVersion=abc", 400)]
    [InlineData("resourceVersion=999999", 504)]
    [InlineData("labelSelector=%3D%3D", 400)]
    [InlineData("timeoutSeconds=soon", 400)]
    [InlineData("sendInitialEvents=true", 422)]
    [InlineData("resourceVersionMatch=NotOlderThan", 422)]
    public async Task What_cannot_be_watched_is_refused_before_the_stream_begins(string parameters, int code)
    {
        using var answer = await Api.Http.GetAsync($"{Maps}?watch=true&{parameters}", Cancel);

        ((int)answer.StatusCode).ShouldBe(code);
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["kind"]!.GetValue<string>().ShouldBe("Status");
    }

    private static async Task<(int Seen, string End)> ReadToEndAsync(StreamReader lines, CancellationToken deadline)
    {
        for (var seen = 0; ; seen++)
        {
            try
            {
                var happened = JsonNode.Parse((await lines.ReadLineAsync(deadline)).ShouldNotBeNull())!;
                if (happened["type"]!.GetValue<string>() == "ERROR") return (seen, happened["object"]!["code"]!.ToString());
            }
            catch (IOException)
            {
                return (seen, "cut");
            }
        }
    }

    private async Task<Resource> CreateAsync(string name) =>
        await Api.Registry.CreateAsync(new ConfigMap { Metadata = new() { Name = name, Namespace = "default" } }, new("test"), Cancel);

    private async Task<StreamReader> WatchAsync(string path, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        var answer = await Api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        ((int)answer.StatusCode).ShouldBe(200);
        return new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel));
    }

    private static async Task<(string Type, string Name)> NextAsync(StreamReader lines)
    {
        var happened = JsonNode.Parse((await lines.ReadLineAsync(Cancel)).ShouldNotBeNull())!;
        return (happened["type"]!.GetValue<string>(), happened["object"]!["metadata"]!["name"]!.GetValue<string>());
    }
}
