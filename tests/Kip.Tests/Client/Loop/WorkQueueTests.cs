using System.Threading.Channels;
using Kip.Client;
using Kip.Client.Loop;
using Kip.Testing.Simulation;
using Kip.Testing.Time;
using Shouldly;

namespace Kip.Tests.Client.Loop;

public class WorkQueueTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void A_key_added_twice_is_given_out_once()
    {
        using var queue = new WorkQueue<string>(_time);
        queue.Add("a");
        queue.Add("b");
        queue.Add("a");

        TakeAll(queue).ShouldBe(["a", "b"]);
    }

    [Fact]
    public void A_key_added_while_it_is_worked_on_is_given_out_again_when_that_is_done()
    {
        using var queue = new WorkQueue<string>(_time);
        queue.Add("a");
        queue.TryTake(out _).ShouldBeTrue();

        queue.Add("a");
        queue.TryTake(out _).ShouldBeFalse();
        queue.Done("a");
        queue.TryTake(out var again).ShouldBeTrue();

        again.ShouldBe("a");
        queue.Done("a");
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public void A_delayed_key_comes_when_it_is_due_and_the_last_word_on_a_key_counts()
    {
        using var queue = new WorkQueue<string>(_time);
        queue.AddAfter("a", TimeSpan.FromSeconds(1));
        queue.AddAfter("b", TimeSpan.FromSeconds(2));
        queue.AddAfter("a", TimeSpan.FromSeconds(3));
        queue.AddAfter("c", TimeSpan.FromSeconds(2));
        queue.CancelDelay("c");

        _time.Advance(TimeSpan.FromSeconds(1));
        queue.TryTake(out _).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        TakeAll(queue).ShouldBe(["b"]);
        _time.Advance(TimeSpan.FromSeconds(1));
        TakeAll(queue).ShouldBe(["a"]);
        queue.DelayedCount.ShouldBe(0);
    }

    [Fact]
    public void An_earlier_delay_set_later_is_not_kept_waiting_by_a_later_one()
    {
        using var queue = new WorkQueue<string>(_time);
        queue.AddAfter("late", TimeSpan.FromHours(1));
        queue.AddAfter("soon", TimeSpan.FromMilliseconds(5));

        _time.Advance(TimeSpan.FromMilliseconds(5));

        TakeAll(queue).ShouldBe(["soon"]);
    }

    [Fact]
    public void Failures_wait_5_ms_doubling_up_to_1000_s_and_success_starts_over()
    {
        using var queue = new WorkQueue<string>(_time);
        WaitAfterFailure(queue).ShouldBe(5);
        WaitAfterFailure(queue).ShouldBe(10);
        WaitAfterFailure(queue).ShouldBe(20);
        for (var i = 0; i < 40; i++) queue.AddAfterFailure("a");
        WaitAfterFailure(queue).ShouldBe(1_000_000);

        queue.Forget("a");

        WaitAfterFailure(queue).ShouldBe(5);
    }

    [Fact]
    public void A_full_queue_refuses_a_new_key_but_not_one_it_holds()
    {
        using var queue = new WorkQueue<string>(_time, capacity: 2);
        queue.Add("a").ShouldBeTrue();
        queue.Add("b").ShouldBeTrue();

        queue.Add("c").ShouldBeFalse();
        queue.Add("a").ShouldBeTrue();
        queue.AddAfter("d", TimeSpan.FromSeconds(1)).ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(1));
        TakeAll(queue).ShouldBe(["a", "b"]);

        // It was due while the queue was full, and is not lost.
        _time.Advance(TimeSpan.FromSeconds(1));
        TakeAll(queue).ShouldBe(["d"]);
    }

    [Fact]
    public void Setting_a_delay_over_and_over_does_not_pile_up_memory()
    {
        var keys = new DelayedKeys<string>();
        for (var i = 0; i < 100_000; i++) keys.Set("a", ManualTimeProvider.DefaultStart.AddSeconds(i));

        keys.Places.ShouldBeLessThan(1000);
        keys.Next.ShouldBe(ManualTimeProvider.DefaultStart.AddSeconds(99_999));
    }

    [Fact]
    public async Task Completing_lets_nobody_wait()
    {
        using var queue = new WorkQueue<string>(_time);
        var waiting = queue.TakeAsync().AsTask();

        queue.Complete();

        await Should.ThrowAsync<ChannelClosedException>(waiting);
        queue.Add("a").ShouldBeFalse();
    }

    [Fact]
    public void No_key_is_ever_with_two_workers_and_none_is_forgotten()
    {
        foreach (var seed in Seeds.Take(30))
        {
            var scheduler = new SeededScheduler(seed);
            var time = new ManualTimeProvider();
            using var queue = new WorkQueue<int>(time);
            var running = new HashSet<int>();
            var wanted = new int[5];
            var seen = new int[5];

            scheduler.Run(() => Task.WhenAll([Produce(), .. Enumerable.Range(0, 3).Select(_ => Work())]), time);

            seen.ShouldBe(wanted);

            async Task Produce()
            {
                for (var i = 1; i <= 50; i++)
                {
                    var key = scheduler.Random.Next(5);
                    wanted[key] = i;
                    if (scheduler.Random.Next(3) == 0) queue.AddAfter(key, TimeSpan.FromMilliseconds(scheduler.Random.Next(20)));
                    else queue.Add(key);
                    await Task.Delay(TimeSpan.FromMilliseconds(scheduler.Random.Next(5)), time);
                }
                await Task.Delay(TimeSpan.FromSeconds(1), time);
                queue.Complete();
            }

            async Task Work()
            {
                try
                {
                    while (true)
                    {
                        var key = await queue.TakeAsync();
                        running.Add(key).ShouldBeTrue();
                        seen[key] = wanted[key];
                        await Task.Delay(TimeSpan.FromMilliseconds(scheduler.Random.Next(10)), time);
                        running.Remove(key);
                        queue.Done(key);
                    }
                }
                catch (ChannelClosedException)
                {
                }
            }
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 100)]
    [InlineData(2, 200)]
    [InlineData(9, 25600)]
    [InlineData(10, 30000)]
    [InlineData(int.MaxValue, 30000)]
    public void Backoff_doubles_up_to_its_longest(int failures, int milliseconds)
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30));
        backoff.After(failures).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
        backoff.After(failures, 0.5).ShouldBe(TimeSpan.FromMilliseconds(milliseconds * 0.75));
    }

    private double WaitAfterFailure(WorkQueue<string> queue)
    {
        queue.AddAfterFailure("a");
        var before = _time.GetUtcNow();
        _time.AdvanceTo(_time.NextTimer!.Value);
        TakeAll(queue).ShouldBe(["a"]);
        return (_time.GetUtcNow() - before).TotalMilliseconds;
    }

    private static List<string> TakeAll(WorkQueue<string> queue)
    {
        var taken = new List<string>();
        while (queue.TryTake(out var key)) taken.Add(key);
        taken.ForEach(queue.Done);
        return taken;
    }
}
