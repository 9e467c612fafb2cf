using Kip.Runtime.Probes;
using Shouldly;

namespace Kip.Tests.Runtime.Probes;

/// <summary>What is asked are answers made up here: a machine with too much to do lets even its own ports answer late.</summary>
public class PortWatchTests
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    [Fact]
    public async Task Each_port_is_told_of_when_it_accepts_while_others_are_still_asked()
    {
        using var watch = new PortWatch(TimeProvider.System);
        var other = watch.UntilItAcceptsAsync(static () => false, static _ => Soon, static _ => { }, CancellationToken.None);

        for (var i = 0; i < 5; i++)
        {
            var listens = false;
            TimeSpan? took = null;
            var accepts = watch.UntilItAcceptsAsync(() => Volatile.Read(ref listens), static _ => Soon, t => took = t, CancellationToken.None);
            accepts.IsCompleted.ShouldBeFalse("nobody listens");
            Volatile.Write(ref listens, true);
            (await accepts.WaitAsync(SafetyNet)).ShouldBeTrue();
            took.ShouldNotBeNull();
        }

        other.IsCompleted.ShouldBeFalse();
        watch.Dispose();
        (await other.WaitAsync(SafetyNet)).ShouldBeFalse("the watch has ended");
    }

    [Fact]
    public async Task A_port_is_given_up_when_there_is_no_next_question()
    {
        using var watch = new PortWatch(TimeProvider.System);
        var questions = 0;

        var accepts = await watch.UntilItAcceptsAsync(
            () => ++questions < 0, _ => questions < 3 ? Soon : null, static _ => throw new InvalidOperationException("nobody listens"), CancellationToken.None)
            .WaitAsync(SafetyNet);

        (accepts, questions).ShouldBe((false, 3));
    }

    [Fact]
    public async Task One_that_does_not_answer_at_once_is_left_to_who_can_wait()
    {
        using var watch = new PortWatch(TimeProvider.System);

        (await watch.UntilItAcceptsAsync(
            static () => null, static _ => Never, static _ => throw new InvalidOperationException("nobody knows"), CancellationToken.None)
            .WaitAsync(SafetyNet)).ShouldBeFalse();
    }

    [Fact]
    public async Task Who_comes_while_another_waits_long_is_asked_at_once()
    {
        using var watch = new PortWatch(TimeProvider.System);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var other = watch.UntilItAcceptsAsync(
            () =>
            {
                asked.TrySetResult();
                return false;
            },
            static _ => Never, static _ => { }, CancellationToken.None);
        await asked.Task.WaitAsync(SafetyNet);

        (await watch.UntilItAcceptsAsync(static () => true, static _ => Never, static _ => { }, CancellationToken.None).WaitAsync(SafetyNet)).ShouldBeTrue();

        watch.Dispose();
        (await other.WaitAsync(SafetyNet)).ShouldBeFalse("the watch has ended");
    }

    [Fact]
    public async Task Who_does_not_want_to_know_any_more_is_forgotten()
    {
        using var watch = new PortWatch(TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var accepts = watch.UntilItAcceptsAsync(static () => false, static _ => Soon, static _ => { }, stop.Token);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => accepts.WaitAsync(SafetyNet));
    }

    [Fact]
    public async Task After_its_end_it_waits_for_nothing()
    {
        var watch = new PortWatch(TimeProvider.System);
        watch.Dispose();

        (await watch.UntilItAcceptsAsync(static () => true, static _ => Soon, static _ => { }, CancellationToken.None).WaitAsync(SafetyNet)).ShouldBeFalse();
    }

    [Fact]
    public void What_starts_took_is_known_by_image_and_for_a_thousand_at_most()
    {
        var times = new StartTimes();
        times.Of("a").ShouldBeNull();
        times.Learn("a", TimeSpan.FromMilliseconds(100));
        times.Learn("a", TimeSpan.FromMilliseconds(200));
        times.Of("a").ShouldBe(TimeSpan.FromMilliseconds(125));

        for (var i = 0; i < 999; i++) times.Learn($"image-{i}", TimeSpan.FromMilliseconds(1));
        times.Of("a").ShouldNotBeNull();
        times.Learn("one more", TimeSpan.FromMilliseconds(1));

        times.Of("a").ShouldBeNull();
        times.Of("one more").ShouldBe(TimeSpan.FromMilliseconds(1));
    }
}
