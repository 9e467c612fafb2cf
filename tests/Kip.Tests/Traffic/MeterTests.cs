using System.Threading.Channels;
using Kip.Rules.Scaling;
using Kip.Testing.Time;
using Kip.Testing.Traffic;
using Kip.Traffic.Activation;
using Kip.Traffic.Stats;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>What the autoscaler is told, second by second.</summary>
public sealed class MeterTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();
    private readonly Channel<RevisionStat> _stats = Channel.CreateUnbounded<RevisionStat>();
    private readonly StatReporter _reporter;
    private readonly RevisionBackend _backend;

    public MeterTests()
    {
        _reporter = new(_stats.Writer);
        _backend = new(TrafficObjects.Name("r"), new(10, Random.Shared, _time), _time);
    }

    [Fact]
    public void Concurrency_is_the_time_weighted_mean_less_what_was_told_at_once()
    {
        _reporter.Enter(_backend).ShouldBeTrue();
        Next().ShouldBe((1, 1));
        _reporter.Enter(_backend).ShouldBeFalse();
        _reporter.Enter(_backend);
        _time.Advance(Second / 2);
        StatReporter.Leave(_backend);
        _time.Advance(Second / 2);
        _reporter.Report();

        // Half a second of 3 and half a second of 2 is 2.5; one request is known already.
        Next().ShouldBe((1.5, 2));
    }

    [Fact]
    public void A_long_request_counts_in_every_period()
    {
        _reporter.Enter(_backend);
        Next();
        Report().ShouldBe((0, 0));
        Report().ShouldBe((1, 0));
        Report().ShouldBe((1, 0));
        _time.Advance(Second / 4);
        StatReporter.Leave(_backend);
        _time.Advance(Second * 3 / 4);
        _reporter.Report();
        Next().ShouldBe((0.25, 0));
    }

    [Fact]
    public void An_idle_revision_is_reported_with_zero_once_and_pokes_again_when_it_wakes()
    {
        _reporter.Enter(_backend);
        StatReporter.Leave(_backend);
        Next();
        Report();
        Report().ShouldBe((0, 0));
        _reporter.ActiveCount.ShouldBe(0);
        _time.Advance(Second);
        _reporter.Report();
        _stats.Reader.TryRead(out _).ShouldBeFalse();

        _time.Advance(TimeSpan.FromMinutes(5));
        _reporter.Enter(_backend).ShouldBeTrue();
        Next().ShouldBe((1, 1));
    }

    private (double, double) Report()
    {
        _time.Advance(Second);
        _reporter.Report();
        return Next();
    }

    private (double, double) Next()
    {
        _stats.Reader.TryRead(out var stat).ShouldBeTrue();
        stat.Time.ShouldBe(_time.GetUtcNow());
        return (stat.AverageConcurrentRequests, stat.RequestCount);
    }
}
