using System.Threading.Channels;
using Kip.Testing.Simulation;
using Kip.Testing.Time;
using Shouldly;

namespace Kip.Tests.Testing;

public class SeededSchedulerTests
{
    [Fact]
    public void The_same_seed_gives_the_same_history()
    {
        for (var seed = 1; seed <= 20; seed++) History(seed).ShouldBe(History(seed));
    }

    [Fact]
    public void Different_seeds_give_different_interleavings() =>
        Enumerable.Range(1, 20).Select(seed => string.Join(' ', History(seed))).Distinct().Count().ShouldBeGreaterThan(5);

    [Fact]
    public void A_failure_names_the_seed_that_brings_it_back()
    {
        var failure = Should.Throw<SimulationFailedException>(() => new SeededScheduler(42).Run(async () =>
        {
            await Task.Yield();
            throw new InvalidOperationException("broken");
        }));

        failure.Message.ShouldContain("seed 42");
        failure.Message.ShouldContain("KIP_SEED=42");
        failure.Message.ShouldContain("broken");
    }

    [Fact]
    public void Waiting_for_what_never_comes_is_a_failure_and_not_a_hang() =>
        Should.Throw<SimulationFailedException>(() => new SeededScheduler(1).Run(() => new TaskCompletionSource().Task))
            .Message.ShouldContain("nothing is left to do");

    [Fact]
    public void Code_that_leaves_the_thread_is_found_out()
    {
        var scheduler = new SeededScheduler(1);
        using var back = new ManualResetEventSlim();

        var failure = Should.Throw<SimulationFailedException>(() => scheduler.RunUntilIdle(() =>
        {
            var thread = new Thread(() => scheduler.Post(static _ => { }, null));
            thread.Start();
            thread.Join();
        }));

        failure.Message.ShouldContain("another thread");
    }

    [Fact]
    public void An_invariant_is_checked_after_every_step()
    {
        var checks = 0;
        var scheduler = new SeededScheduler(7) { AfterStep = () => checks++ };

        scheduler.Run(async () =>
        {
            for (var i = 0; i < 10; i++) await Task.Yield();
        });

        checks.ShouldBe(10);
        scheduler.Steps.ShouldBe(10);
    }

    private static List<string> History(int seed)
    {
        var history = new List<string>();
        var time = new ManualTimeProvider();
        var channel = Channel.CreateBounded<int>(2);
        new SeededScheduler(seed).Run(
            async () =>
            {
                var reader = Read();
                await Task.WhenAll(Write("a", 5), Write("b", 5), Write("c", 5));
                channel.Writer.Complete();
                await reader;
            },
            time);
        return history;

        async Task Write(string name, int seconds)
        {
            for (var i = 0; i < 4; i++)
            {
                await Task.Delay(TimeSpan.FromSeconds(seconds), time);
                await channel.Writer.WriteAsync(i);
                history.Add($"{name}{i}");
            }
        }

        async Task Read()
        {
            while (await channel.Reader.WaitToReadAsync())
                while (channel.Reader.TryRead(out var item)) history.Add($"<{item}");
        }
    }
}
