using System.Net;
using Kip.Testing.Simulation;
using Kip.Testing.Time;
using Kip.Testing.Traffic;
using Kip.Traffic.Activation;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>Many requests, pods that come and go, clients that give up: on one thread, in an order that the seed chooses.</summary>
internal sealed class BreakerSimulation
{
    private const int Requests = 60;
    private const int Depth = 40;

    private readonly SeededScheduler _scheduler;
    private readonly ManualTimeProvider _time = new();
    private readonly Breaker _breaker;
    private readonly Random _random;
    private readonly List<PodTracker> _pods = [];
    private int _nextPod;
    private int _granted, _cancelled, _refused;

    public BreakerSimulation(int seed)
    {
        _scheduler = new(seed);
        _random = _scheduler.Random;
        _breaker = new(Depth, _random, _time);
        _scheduler.AfterStep = Check;
    }

    public void Run()
    {
        _scheduler.Run(async () =>
        {
            var requests = Enumerable.Range(0, Requests).Select(_ => RequestAsync()).ToList();
            await ChurnAsync();
            await Task.WhenAll(requests);
        }, _time);
        (_granted + _cancelled + _refused).ShouldBe(Requests);
        _breaker.Waiting.ShouldBe(0);
        _pods.ShouldAllBe(static pod => pod.InFlight == 0);
    }

    private async Task RequestAsync()
    {
        await PauseAsync(50);
        using var gone = new CancellationTokenSource();
        if (_random.Next(5) == 0) _ = CancelAsync(gone);
        var waiting = _breaker.AcquireAsync(gone.Token);
        var lease = await waiting;
        switch (lease.Outcome)
        {
            case SlotOutcome.Granted:
                _granted++;
                lease.Pod!.InFlight.ShouldBeInRange(1, lease.Pod.Limit);
                await PauseAsync(20);
                _breaker.Release(lease.Pod);
                break;
            case SlotOutcome.Cancelled:
                _cancelled++;
                break;
            default:
                lease.Outcome.ShouldBe(SlotOutcome.QueueFull);
                _refused++;
                break;
        }
    }

    private async Task CancelAsync(CancellationTokenSource gone)
    {
        await PauseAsync(60);
        try
        {
            gone.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Answered before it gave up.
        }
    }

    private async Task ChurnAsync()
    {
        for (var i = 0; i < 12; i++)
        {
            await PauseAsync(15);
            if (_random.Next(3) == 0 && _pods.Count > 0) await RemoveAsync(_pods[_random.Next(_pods.Count)]);
            else Add();
        }
        // Whoever still waits gets a pod in the end.
        Add();
    }

    private void Add()
    {
        var number = _nextPod++;
        _pods.Add(new(TrafficObjects.Name($"pod-{number}"), $"uid-{number}", new(IPAddress.Loopback, 9000 + number), _random.Next(1, 4)));
        _breaker.SetPods([.. _pods]);
    }

    private async Task RemoveAsync(PodTracker pod)
    {
        _pods.Remove(pod);
        _breaker.SetPods([.. _pods]);
        await pod.CloseAsync();
        pod.InFlight.ShouldBe(0);
    }

    private void Check()
    {
        _breaker.Waiting.ShouldBeLessThanOrEqualTo(Depth);
        foreach (var pod in _pods) pod.InFlight.ShouldBeLessThanOrEqualTo(pod.Limit);
        // A free slot and somebody who waits do not meet for long: not beyond the step that made it free.
        if (_breaker.Waiting > 0) _pods.ShouldAllBe(static pod => !pod.HasRoom);
    }

    private Task PauseAsync(int upToMilliseconds) => Task.Delay(TimeSpan.FromMilliseconds(_random.Next(1, upToMilliseconds)), _time);
}
