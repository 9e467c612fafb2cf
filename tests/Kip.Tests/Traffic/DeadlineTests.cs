using Kip.Testing.Time;
using Kip.Traffic.Activation;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>When a request's time is up.</summary>
public sealed class DeadlineTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly RequestDeadline _deadline;

    public DeadlineTests() => _deadline = new(_time);

    public void Dispose() => _deadline.Dispose();

    [Fact]
    public void The_total_counts_from_the_arrival_and_does_not_stop_for_a_response_that_moves()
    {
        var arrived = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(4));
        _deadline.Begin(Settings(10, 0, 0), arrived);
        _deadline.ResponseStarted();
        Pass(5.9);
        _deadline.Progress();
        _deadline.Token.IsCancellationRequested.ShouldBeFalse();
        Pass(0.2);

        _deadline.Token.IsCancellationRequested.ShouldBeTrue();
        _deadline.IsTimedOut.ShouldBeTrue();
    }

    [Fact]
    public void The_response_must_start_in_time_and_then_has_the_rest_of_the_total()
    {
        _deadline.Begin(Settings(10, 2, 0), _time.GetTimestamp());
        Pass(1.9);
        _deadline.ResponseStarted();
        Pass(8);
        _deadline.Token.IsCancellationRequested.ShouldBeFalse();
        Pass(0.2);
        _deadline.Token.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void A_response_that_does_not_start_in_time_ends()
    {
        _deadline.Begin(Settings(10, 2, 0), _time.GetTimestamp());
        Pass(2.1);
        _deadline.IsTimedOut.ShouldBeTrue();
    }

    [Fact]
    public void Standing_still_is_measured_from_the_last_step()
    {
        _deadline.Begin(Settings(100, 0, 3), _time.GetTimestamp());
        for (var i = 0; i < 10; i++)
        {
            Pass(2.5);
            _deadline.Progress();
        }
        _deadline.Token.IsCancellationRequested.ShouldBeFalse();
        Pass(3.1);
        _deadline.IsTimedOut.ShouldBeTrue();
    }

    [Fact]
    public void The_end_of_one_request_does_not_touch_the_next()
    {
        _deadline.Begin(Settings(1, 0, 0), _time.GetTimestamp());
        Pass(1.1);
        _deadline.End();
        _deadline.Begin(Settings(10, 0, 0), _time.GetTimestamp());
        _deadline.Token.IsCancellationRequested.ShouldBeFalse();
        _deadline.IsTimedOut.ShouldBeFalse();
        _deadline.End();
        _deadline.Begin(Settings(100, 0, 0), _time.GetTimestamp());
        Pass(50);
        _deadline.Token.IsCancellationRequested.ShouldBeFalse();
        _deadline.End();
        _time.TimerCount.ShouldBe(0);
    }

    [Fact]
    public void A_client_that_goes_away_is_not_a_timeout()
    {
        _deadline.Begin(Settings(10, 0, 0), _time.GetTimestamp());
        _deadline.Cancel();
        _deadline.Token.IsCancellationRequested.ShouldBeTrue();
        _deadline.IsTimedOut.ShouldBeFalse();
    }

    private static RevisionSettings Settings(int total, int start, int idle) => new()
    {
        Timeout = TimeSpan.FromSeconds(total), ResponseStartTimeout = TimeSpan.FromSeconds(start), IdleTimeout = TimeSpan.FromSeconds(idle),
    };

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
