using System.Net;
using Kip.Client.Pods;
using Kip.Testing.Traffic;
using Kip.Traffic;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>Requests that find no pod, or no free one: who waits, for how long, and what the autoscaler hears.</summary>
public sealed class ActivationTests : GatewayTest
{
    protected override GatewayOptions Options => new() { QueueDepth = 20 };

    [Fact]
    public async Task A_request_to_a_sleeping_revision_waits_and_is_answered_when_its_pod_is_ready()
    {
        var pod = await StartPodAsync(static context => context.Response.WriteAsync("awake"));
        await Bed.PutAsync(TrafficObjects.Revision("app-1"), TrafficObjects.Ingress("app", Host, ("app-1", 100)));

        var request = Request(HttpMethod.Get);
        request.Headers.Add("Kip-Trace", "1");
        var waiting = SendAsync(request);
        var poke = await Bed.Stats.ReadAsync(Cancel);
        waiting.IsCompleted.ShouldBeFalse();
        await Bed.PutAsync(TrafficObjects.Pod("app-1", "a", pod.Port));
        using var response = await waiting;

        poke.Revision.ShouldBe(TrafficObjects.Name("app-1"));
        (poke.AverageConcurrentRequests, poke.RequestCount).ShouldBe((1, 1));
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldBe("awake");
        var timing = response.Headers.GetValues("Server-Timing").Single();
        foreach (var stage in new[] { "queued", "poked", "ready", "forwarded", "firstbyte", "total" }) timing.ShouldContain($"{stage};dur=");
    }

    [Fact]
    public async Task A_pod_that_is_not_ready_gets_nothing()
    {
        var pod = await StartPodAsync(static context => context.Response.WriteAsync("x"));
        await Bed.PutAsync(
            TrafficObjects.Revision("app-1", timeout: 1), TrafficObjects.Pod("app-1", "a", pod.Port, ready: false),
            TrafficObjects.Ingress("app", Host, ("app-1", 100)));

        using var response = await GetAsync();

        response.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldStartWith("activator request timeout\nno pod of service \"app\"");
        pod.Served.ShouldBe(0);
    }

    [Fact]
    public async Task More_requests_than_may_wait_are_refused_and_the_others_are_served()
    {
        var pod = await StartPodAsync(static context => context.Response.WriteAsync("ok"));
        await Bed.PutAsync(TrafficObjects.Revision("app-1"), TrafficObjects.Ingress("app", Host, ("app-1", 100)));
        var waiting = Enumerable.Range(0, 20).Select(_ => GetAsync()).ToList();
        await Eventually(() => Bed.Gateway.RequestsWaitingFor(TrafficObjects.Name("app-1")) == 20);

        using var refused = await GetAsync();
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await refused.Content.ReadAsStringAsync(Cancel)).ShouldStartWith("pending request queue full");
        refused.Headers.RetryAfter.ShouldNotBeNull();

        await Bed.PutAsync(TrafficObjects.Pod("app-1", "a", pod.Port));
        foreach (var answer in await Task.WhenAll(waiting)) answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_pod_never_has_more_requests_than_its_limit(int limit)
    {
        var pods = new List<FakePod>();
        await Bed.PutAsync(TrafficObjects.Revision("app-1", limit), TrafficObjects.Ingress("app", Host, ("app-1", 100)));
        for (var i = 0; i < 2; i++)
        {
            pods.Add(await StartPodAsync(static async context =>
            {
                await Task.Yield();
                await context.Response.WriteAsync("ok");
            }));
            await Bed.PutAsync(TrafficObjects.Pod("app-1", $"pod-{i}", pods[i].Port));
        }

        await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            for (var i = 0; i < 40; i++) (await GetTextAsync()).ShouldBe("ok");
        }));

        pods.ShouldAllBe(pod => pod.Most <= limit);
        pods.Sum(static pod => pod.Served).ShouldBe(640);
        pods.ShouldAllBe(static pod => pod.Served > 0);
    }

    [Fact]
    public async Task Waiting_requests_go_out_in_the_order_of_their_arrival()
    {
        var order = new List<string>();
        var pod = await StartPodAsync(context =>
        {
            lock (order) order.Add(context.Request.Path.Value!);
            return context.Response.WriteAsync("ok");
        });
        await Bed.PutAsync(TrafficObjects.Revision("app-1", concurrency: 1), TrafficObjects.Ingress("app", Host, ("app-1", 100)));
        var waiting = new List<Task<string>>();
        for (var i = 0; i < 8; i++)
        {
            waiting.Add(GetTextAsync($"/{i}"));
            await Eventually(() => Bed.Gateway.RequestsWaitingFor(TrafficObjects.Name("app-1")) == i + 1);
        }

        await Bed.PutAsync(TrafficObjects.Pod("app-1", "a", pod.Port));
        await Task.WhenAll(waiting);

        order.ShouldBe(Enumerable.Range(0, 8).Select(static i => $"/{i}"));
    }

    [Fact]
    public async Task A_client_that_goes_away_frees_its_place()
    {
        await Bed.PutAsync(TrafficObjects.Revision("app-1"), TrafficObjects.Ingress("app", Host, ("app-1", 100)));
        using var gone = new CancellationTokenSource();
        using var client = new HttpClient();
        var waiting = client.SendAsync(Request(HttpMethod.Get), gone.Token);
        await Eventually(() => Bed.Gateway.RequestsInFlight == 1);

        await gone.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting);
        await Eventually(() => Bed.Gateway.RequestsInFlight == 0);
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_the_request_at_the_pod_and_frees_the_slot()
    {
        var ended = new TaskCompletionSource();
        var pod = await ServeAsync(async context =>
        {
            if (context.Request.Path != "/slow") return;
            try
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
            finally
            {
                ended.TrySetResult();
            }
        }, concurrency: 1);
        using var gone = new CancellationTokenSource();
        using var client = new HttpClient();
        var slow = client.SendAsync(Request(HttpMethod.Get, "/slow"), gone.Token);
        await Eventually(() => pod.Now == 1);

        await gone.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(slow);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        await GetTextAsync("/quick");
    }

    [Fact]
    public async Task A_draining_pod_gets_no_new_request_and_is_drained_when_its_last_one_ends()
    {
        var go = new TaskCompletionSource();
        RequestDelegate handler = async context =>
        {
            if (context.Request.Path == "/slow") await go.Task;
            await context.Response.WriteAsync(context.Connection.LocalPort.ToString());
        };
        var leaving = await ServeAsync(handler);
        var slow = GetTextAsync("/slow");
        await Eventually(() => leaving.Now == 1);

        var drained = ((IPodDrain)Bed.Gateway).DrainAsync(TrafficObjects.Name("app-1-a"), "pod-app-1-a", Cancel);
        var other = await StartPodAsync(handler);
        // The cache still says that it is ready; that must not bring it back.
        await Bed.PutAsync(TrafficObjects.Pod("app-1", "app-1-a", leaving.Port), TrafficObjects.Pod("app-1", "app-1-b", other.Port));
        for (var i = 0; i < 20; i++) (await GetTextAsync()).ShouldBe(other.Port.ToString());

        drained.IsCompleted.ShouldBeFalse();
        go.SetResult();
        (await slow).ShouldBe(leaving.Port.ToString());
        await drained.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
    }
}
