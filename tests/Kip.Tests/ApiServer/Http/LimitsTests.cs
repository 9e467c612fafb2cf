using System.Net;
using System.Text.Json.Nodes;
using Kip.Testing.Kubectl;
using Shouldly;

namespace Kip.Tests.ApiServer.Http;

public class LimitsTests
{
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
    public async Task An_address_that_is_in_use_is_a_clear_failure()
    {
        await using var api = await ApiServerFixture.StartAsync();

        var failure = await Should.ThrowAsync<IOException>(() => ApiServerFixture.StartAsync(options => options with { Endpoint = new(IPAddress.Loopback, api.Server.Address.Port) }));

        failure.Message.ShouldContain("address already in use");
    }
}
