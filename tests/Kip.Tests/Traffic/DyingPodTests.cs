using Kip.Testing.Time;
using Kip.Testing.Traffic;
using Kip.Traffic.Activation;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>A request whose connection broke, and no other pod is there: what it waits for before it is sent again.</summary>
public sealed class DyingPodTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ManualTimeProvider _time = new();
    private readonly Breaker _breaker;
    private readonly PodTracker _broken = Pod("broken");

    public DyingPodTests()
    {
        _breaker = new(100, new Random(1), _time);
        _breaker.SetPods([_broken]);
        _breaker.Avoid(_broken);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_waits_until_another_pod_comes_and_goes_there()
    {
        var hold = Hold();
        hold.IsCompleted.ShouldBeFalse();
        var other = Pod("other");

        _breaker.SetPods([_broken, other]);

        await hold.WaitAsync(Patience, Cancel);
        _breaker.TryAcquire(out var lease).ShouldBeTrue();
        lease.Pod.ShouldBe(other);
    }

    [Fact]
    public async Task It_waits_until_the_pod_is_gone_and_then_in_the_queue()
    {
        var hold = Hold();

        _breaker.SetPods([]);

        await hold.WaitAsync(Patience, Cancel);
        _breaker.TryAcquire(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_change_that_leaves_only_pods_that_failed_does_not_end_the_wait()
    {
        var second = Pod("second");
        _breaker.SetPods([_broken, second]);
        _breaker.Avoid(second);
        var hold = Hold();

        _breaker.SetPods([second]);
        hold.IsCompleted.ShouldBeFalse();
        _breaker.SetPods([]);

        await hold.WaitAsync(Patience, Cancel);
    }

    [Fact]
    public async Task It_waits_until_the_pod_has_answered_somebody_whose_request_began_after_the_break()
    {
        var hold = Hold();

        _breaker.Trust(_broken, _broken.Failures);

        await hold.WaitAsync(Patience, Cancel);
        _breaker.HasTrustedPod.ShouldBeTrue();
    }

    [Fact]
    public void An_answer_to_what_was_sent_before_the_break_proves_nothing()
    {
        var before = _broken.Failures;
        _breaker.Avoid(_broken);

        _breaker.Trust(_broken, before);
        _breaker.Trust(_broken, 0);

        _breaker.HasTrustedPod.ShouldBeFalse();
    }

    [Fact]
    public async Task It_does_not_wait_longer_than_the_rule_allows_or_the_request_may_take()
    {
        var hold = Hold();
        _time.Advance(Bound);
        await hold.WaitAsync(Patience, Cancel);

        _breaker.Avoid(_broken);
        using var end = new CancellationTokenSource();
        hold = _breaker.HoldAsync(Bound, end.Token).AsTask();
        await end.CancelAsync();
        await hold.WaitAsync(Patience, Cancel);
    }

    [Fact]
    public void The_many_requests_that_one_death_breaks_are_one_failure()
    {
        for (var i = 0; i < 50; i++) _breaker.Avoid(_broken);

        _time.Advance(Bound);

        _breaker.HasTrustedPod.ShouldBeTrue("the first failure counts for 50 ms, however many requests it had");
    }

    private Task Hold() => _breaker.HoldAsync(Bound, CancellationToken.None).AsTask();

    private static PodTracker Pod(string name) => new(TrafficObjects.Name(name), name, new(System.Net.IPAddress.Loopback, 1), 0);
}
