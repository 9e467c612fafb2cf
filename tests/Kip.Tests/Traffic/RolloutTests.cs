using System.Net;
using Kip.Client.Pods;
using Kip.Testing.Traffic;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>Pods and revisions come, go and die under load, and no request fails.</summary>
public sealed class RolloutTests : GatewayTest
{
    private const int Requests = 10_000;

    private int _rounds;

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Ten_thousand_requests_succeed_while_pods_come_drain_and_die(int concurrency)
    {
        await Bed.PutAsync(TrafficObjects.Revision("app-1", concurrency), TrafficObjects.Ingress("app", Host, ("app-1", 100)));
        using var done = new CancellationTokenSource();
        var churning = ChurnAsync(done.Token);

        var failures = await LoadAsync(static text => text == "ok", () => Volatile.Read(ref _rounds) > 3);
        await done.CancelAsync();
        await churning;

        failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Ten_thousand_requests_see_the_old_or_the_new_revision_and_nothing_else_while_the_route_moves_to_and_fro()
    {
        foreach (var name in new[] { "app-1", "app-2" })
        {
            var pod = await StartPodAsync(context => context.Response.WriteAsync(name));
            await Bed.PutAsync(TrafficObjects.Revision(name), TrafficObjects.Pod(name, $"{name}-a", pod.Port));
        }
        await Bed.PutAsync(TrafficObjects.Ingress("app", Host, ("app-1", 100)));
        using var done = new CancellationTokenSource();
        var moving = MoveAsync(done.Token);

        var failures = await LoadAsync(static text => text is "app-1" or "app-2");

        await done.CancelAsync();
        await moving;
        failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_split_of_90_to_10_is_met_within_three_points()
    {
        foreach (var name in new[] { "app-1", "app-2" })
        {
            var pod = await StartPodAsync(context => context.Response.WriteAsync(name));
            await Bed.PutAsync(TrafficObjects.Revision(name), TrafficObjects.Pod(name, $"{name}-a", pod.Port));
        }
        await Bed.PutAsync(TrafficObjects.Ingress("app", Host, ("app-1", 90), ("app-2", 10)));
        var second = 0;

        for (var i = 0; i < 2000; i++)
            if (await GetTextAsync() == "app-2") second++;

        (second / 20.0).ShouldBeInRange(7, 13);
    }

    // Ten thousand requests, and more until all has happened that shall happen meanwhile.
    private async Task<List<string>> LoadAsync(Func<string, bool> isGood, Func<bool>? enough = null)
    {
        var failures = new List<string>();
        var left = Requests;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0 || enough?.Invoke() == false)
            {
                using var response = await GetAsync();
                var text = await response.Content.ReadAsStringAsync(Cancel);
                if (response.StatusCode == HttpStatusCode.OK && isGood(text)) continue;
                lock (failures) failures.Add($"{response.StatusCode}: {text}");
            }
        }));
        return failures;
    }

    // One pod always lives; of the others one is drained and goes, the next is killed without a word, and so on.
    private async Task ChurnAsync(CancellationToken done)
    {
        var live = await AddAsync("pod-0");
        while (!done.IsCancellationRequested)
        {
            var round = Interlocked.Increment(ref _rounds);
            var name = $"pod-{round}";
            var next = await AddAsync(name);
            // Long enough between two kills that the same request does not meet both.
            while (next.Served < 100 && !done.IsCancellationRequested) await Task.Delay(5, Cancel);
            var (old, oldName) = (live, $"pod-{round - 1}");
            if (round % 2 == 0) await ((IPodDrain)Bed.Gateway).DrainAsync(TrafficObjects.Name(oldName), $"pod-{oldName}", Cancel);
            await old.DisposeAsync();
            await Bed.RemovePodsAsync(oldName);
            live = next;
        }
    }

    private async Task<FakePod> AddAsync(string name)
    {
        // In one piece, so that a kill comes before the answer or after it: one that is cut in the middle cannot be saved.
        var pod = await StartPodAsync(static context =>
        {
            context.Response.ContentLength = 2;
            return context.Response.WriteAsync("ok");
        });
        await Bed.PutAsync(TrafficObjects.Pod("app-1", name, pod.Port));
        return pod;
    }

    private async Task MoveAsync(CancellationToken done)
    {
        for (var i = 0; !done.IsCancellationRequested; i++)
            await Bed.PutAsync(TrafficObjects.Ingress("app", Host, i % 2 == 0 ? [("app-1", 50), ("app-2", 50)] : [("app-2", 100)]));
    }
}
