using System.Net;
using Kip.Testing.Simulation;
using Kip.Testing.Time;
using Kip.Testing.Traffic;
using Kip.Traffic.Activation;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>How slots are handed out.</summary>
public sealed class BreakerTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void A_free_slot_is_taken_without_an_allocation()
    {
        foreach (var (limit, count) in new[] { (0, 1), (0, 5), (4, 1), (4, 5) })
        {
            var breaker = NewBreaker();
            breaker.SetPods([.. Enumerable.Range(0, count).Select(i => Pod(i, limit))]);
            Take(breaker, 1000);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Take(breaker, 10_000);
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        }

        static void Take(Breaker breaker, int times)
        {
            for (var i = 0; i < times; i++)
            {
                breaker.TryAcquire(out var lease).ShouldBeTrue();
                breaker.Release(lease.Pod!);
            }
        }
    }

    [Fact]
    public void Under_a_limit_the_least_loaded_pod_is_chosen()
    {
        var breaker = NewBreaker();
        PodTracker[] pods = [Pod(0, 10), Pod(1, 10), Pod(2, 10)];
        breaker.SetPods(pods);

        for (var i = 0; i < 15; i++) breaker.TryAcquire(out _).ShouldBeTrue();

        pods.ShouldAllBe(static pod => pod.InFlight == 5);
    }

    [Fact]
    public async Task While_it_sheds_those_who_waited_longest_and_those_who_come_too_many_are_refused_and_after_that_nobody()
    {
        var breaker = NewBreaker();
        var pod = Pod(0, 1);
        breaker.SetPods([pod]);
        breaker.TryAcquire(out _).ShouldBeTrue();
        var waiting = Enumerable.Range(0, 5).Select(_ => breaker.AcquireAsync(default).AsTask()).ToArray();

        breaker.Shed(2);
        var late = await breaker.AcquireAsync(default);

        foreach (var refused in waiting[..3]) (await refused).Outcome.ShouldBe(SlotOutcome.Shed);
        waiting[3..].ShouldAllBe(static w => !w.IsCompleted);
        late.Outcome.ShouldBe(SlotOutcome.Shed);

        breaker.EndShedding();
        var held = breaker.AcquireAsync(default);
        held.IsCompleted.ShouldBeFalse();
        foreach (var next in (Task<SlotLease>[])[.. waiting[3..], held.AsTask()])
        {
            breaker.Release(pod);
            (await next).Outcome.ShouldBe(SlotOutcome.Granted);
        }
    }

    [Fact]
    public void Without_a_limit_the_load_stays_nearly_even()
    {
        var breaker = NewBreaker();
        PodTracker[] pods = [.. Enumerable.Range(0, 10).Select(i => Pod(i, 0))];
        breaker.SetPods(pods);

        for (var i = 0; i < 1000; i++) breaker.TryAcquire(out _).ShouldBeTrue();

        pods.ShouldAllBe(static pod => pod.InFlight >= 90 && pod.InFlight <= 110);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_a_place_given_up_is_free_again()
    {
        var breaker = NewBreaker(depth: 2);
        using var gone = new CancellationTokenSource();
        var first = breaker.AcquireAsync(gone.Token).AsTask();
        var second = breaker.AcquireAsync(default).AsTask();
        (await breaker.AcquireAsync(default)).Outcome.ShouldBe(SlotOutcome.QueueFull);

        await gone.CancelAsync();
        (await first).Outcome.ShouldBe(SlotOutcome.Cancelled);
        breaker.Waiting.ShouldBe(1);
        var third = breaker.AcquireAsync(default).AsTask();
        breaker.SetPods([Pod(0, 1)]);

        (await second).Outcome.ShouldBe(SlotOutcome.Granted);
        third.IsCompleted.ShouldBeFalse();
        breaker.Release((await second).Pod!);
        (await third).Outcome.ShouldBe(SlotOutcome.Granted);
    }

    [Fact]
    public async Task Slots_are_granted_in_arrival_order_and_nobody_passes_the_queue()
    {
        var breaker = NewBreaker();
        var waiting = Enumerable.Range(0, 10).Select(_ => breaker.AcquireAsync(default).AsTask()).ToList();
        breaker.SetPods([Pod(0, 1)]);

        for (var next = 0; next < 10; next++)
        {
            var lease = await waiting[next].WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            waiting.Skip(next + 1).ShouldAllBe(static task => !task.IsCompleted);
            breaker.TryAcquire(out _).ShouldBeFalse();
            breaker.Release(lease.Pod!);
        }
    }

    [Fact]
    public async Task Those_who_wait_for_a_revision_that_is_deleted_are_told_so()
    {
        var breaker = NewBreaker();
        var waiting = breaker.AcquireAsync(default);

        breaker.Close();

        (await waiting).Outcome.ShouldBe(SlotOutcome.Gone);
        (await breaker.AcquireAsync(default)).Outcome.ShouldBe(SlotOutcome.Gone);
    }

    [Fact]
    public async Task A_pod_that_refused_gets_nothing_while_another_is_there_until_its_pause_is_over()
    {
        var breaker = NewBreaker();
        PodTracker refusing = Pod(0, 1), other = Pod(1, 1);
        breaker.SetPods([refusing, other]);
        breaker.Avoid(refusing);

        breaker.TryAcquire(out var lease).ShouldBeTrue();
        lease.Pod.ShouldBe(other);
        var waiting = breaker.AcquireAsync(default);
        waiting.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(60));

        (await waiting).Pod.ShouldBe(refusing);
    }

    [Fact]
    public void The_only_pod_is_used_though_it_refused()
    {
        var breaker = NewBreaker();
        var only = Pod(0, 1);
        breaker.SetPods([only]);
        breaker.Avoid(only);

        breaker.TryAcquire(out var lease).ShouldBeTrue();
        lease.Pod.ShouldBe(only);
    }

    [Fact]
    public async Task A_closed_pod_takes_no_new_request_and_is_idle_when_its_last_has_gone()
    {
        var pod = Pod(0, 0);
        pod.TryReserve().ShouldBeTrue();
        pod.TryReserve().ShouldBeTrue();

        var idle = pod.CloseAsync();

        pod.TryReserve().ShouldBeFalse();
        pod.Release();
        idle.IsCompleted.ShouldBeFalse();
        pod.Release();
        await idle.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Whatever_the_order_of_events_no_limit_is_passed_and_nobody_is_forgotten()
    {
        foreach (var seed in Seeds.Take(30)) new BreakerSimulation(seed).Run();
    }

    [Fact]
    public async Task With_real_threads_no_limit_is_passed_and_nobody_is_forgotten()
    {
        var breaker = new Breaker(10_000, Random.Shared, TimeProvider.System);
        PodTracker[] pods = [Pod(0, 1), Pod(1, 2), Pod(2, 3)];
        breaker.SetPods(pods);
        var over = 0;

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 5000; i++)
            {
                var lease = await breaker.AcquireAsync(default);
                if (lease.Pod!.InFlight > lease.Pod.Limit) Interlocked.Increment(ref over);
                if (i % 7 == 0) await Task.Yield();
                breaker.Release(lease.Pod);
            }
        })).ToArray()).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        over.ShouldBe(0);
        pods.ShouldAllBe(static pod => pod.InFlight == 0);
    }

    private static PodTracker Pod(int index, int limit) =>
        new(TrafficObjects.Name($"pod-{index}"), $"uid-{index}", new(IPAddress.Loopback, 9000 + index), limit);

    private Breaker NewBreaker(int depth = 100) => new(depth, new Random(1), _time);
}
