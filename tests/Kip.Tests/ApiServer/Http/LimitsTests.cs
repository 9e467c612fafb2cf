using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Kip.ApiServer.Http;
using Kip.Testing.Kubectl;
using Shouldly;

namespace Kip.Tests.ApiServer.Http;

public class LimitsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Beyond_the_limit_a_watch_is_told_to_come_again_and_gets_its_place_when_another_ends()
    {
        await using var api = await ApiServerFixture.StartAsync(static options => options with { MaxStreams = 1 });
        using var first = await api.Http.GetAsync("/api/v1/namespaces?watch=true", HttpCompletionOption.ResponseHeadersRead, Cancel);
        first.StatusCode.ShouldBe(HttpStatusCode.OK);

        using var second = await api.Http.GetAsync("/api/v1/namespaces?watch=true", Cancel);

        second.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        second.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        JsonNode.Parse(await second.Content.ReadAsStringAsync(Cancel))!["details"]!["retryAfterSeconds"]!.GetValue<int>().ShouldBe(1);
        // Reads have a limit of their own.
        (await api.Http.GetAsync("/api/v1/namespaces", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Beyond_the_limit_a_write_is_told_to_come_again_while_reads_and_health_go_on()
    {
        await using var api = await ApiServerFixture.StartAsync(static options => options with { MaxWrites = 1 });
        var body = new Pipe();
        using var slow = new StreamContent(body.Reader.AsStream());
        slow.Headers.ContentType = new("application/json");
        var first = api.Http.PostAsync("/api/v1/namespaces", slow, Cancel);
        // The client sends what fills its buffer, and keeps the rest.
        await body.Writer.WriteAsync(Encoding.UTF8.GetBytes("""{"metadata":{"name":"slow"}""" + new string(' ', 64 * 1024)), Cancel);

        // The first may not have arrived yet.
        HttpStatusCode second;
        var patience = Stopwatch.StartNew();
        do second = (await api.Http.PostAsync(
            "/api/v1/namespaces", new StringContent("""{"metadata":{"generateName":"a-"}}""", new MediaTypeHeaderValue("application/json")),
            Cancel).WaitAsync(Patience, Cancel)).StatusCode;
        while (second == HttpStatusCode.Created && patience.Elapsed < Patience);

        second.ShouldBe(HttpStatusCode.TooManyRequests);
        (await api.Http.GetAsync("/healthz", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.Http.GetAsync("/api/v1/namespaces", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await body.Writer.WriteAsync("}"u8.ToArray(), Cancel);
        await body.Writer.CompleteAsync();
        (await first.WaitAsync(Patience, Cancel)).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public void One_user_leaves_a_quarter_of_the_places_to_others()
    {
        var limits = new RequestLimits(new ApiServerOptions { DataDirectory = "", MaxReads = 8 });
        for (var i = 0; i < 6; i++) limits.TryEnter(RequestLimits.Sort.Read, "flood").ShouldBeTrue();
        limits.TryEnter(RequestLimits.Sort.Read, "flood").ShouldBeFalse();

        limits.TryEnter(RequestLimits.Sort.Read, "admin").ShouldBeTrue();
        limits.TryEnter(RequestLimits.Sort.Read, "admin").ShouldBeTrue();
        limits.TryEnter(RequestLimits.Sort.Read, "admin").ShouldBeFalse();
        limits.Leave(RequestLimits.Sort.Read, "flood");
        limits.TryEnter(RequestLimits.Sort.Read, "admin").ShouldBeTrue();
        limits.TryEnter(RequestLimits.Sort.Read, "flood").ShouldBeFalse();
        limits.TryEnter(RequestLimits.Sort.Write, "flood").ShouldBeTrue();
    }

    [Fact]
    public async Task An_address_that_is_in_use_is_a_clear_failure()
    {
        await using var api = await ApiServerFixture.StartAsync();

        var failure = await Should.ThrowAsync<IOException>(
            () => ApiServerFixture.StartAsync(options => options with { Endpoint = new(IPAddress.Loopback, api.Server.Address.Port) }));

        failure.Message.ShouldContain("address already in use");
    }
}
