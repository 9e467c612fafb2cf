using Kip.Client;
using Kip.Client.Leases;
using Kip.Resources;
using Kip.Resources.Coordination;
using Kip.Testing.Memory;
using Kip.Testing.Simulation;
using Kip.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Kip.Tests.Client.Leases;

public class LeaseHolderTests
{
    private static readonly NamespacedName Name = new("kip", "leader");

    [Fact]
    public void When_the_holder_stops_the_next_one_has_it_within_a_retry()
    {
        var world = new World(1);
        using var first = new CancellationTokenSource();
        world.Start("a", first.Token);
        world.Advance(3);
        world.Start("b", default);
        world.Advance(60);
        world.Working.ShouldBe(["a"]);

        world.Scheduler.RunUntilIdle(first.Cancel);
        world.Working.ShouldBeEmpty();
        world.Advance(2);
        world.Working.ShouldBe(["b"]);
        world.Stored.Spec.LeaseTransitions.ShouldBe(1);
    }

    [Fact]
    public void A_holder_cut_off_stops_before_another_begins()
    {
        var world = new World(1);
        world.Start("a", default);
        world.Advance(1);
        world.Start("b", default);
        world.Api.Fault = call =>
        {
            if (world.Caller == "a") throw ApiException.Of(503, "ServiceUnavailable", "cut off");
        };
        world.Advance(8);
        world.Working.ShouldBe(["a"]);
        world.Advance(4);
        world.Working.ShouldBeEmpty();
        world.Advance(10);
        world.Working.ShouldBe(["b"]);
    }

    [Fact]
    public void When_the_work_ends_by_itself_the_lease_is_given_back()
    {
        var world = new World(1);
        var run = Task.CompletedTask;
        world.Scheduler.RunUntilIdle(() => run = world.Holder("a").RunAsync(static _ => Task.CompletedTask, default));

        run.IsCompletedSuccessfully.ShouldBeTrue();
        world.Stored.Spec.HolderIdentity.ShouldBeNull();
    }

    [Fact]
    public void Never_do_two_work_at_the_same_time_whatever_fails()
    {
        foreach (var seed in Seeds.Take(30))
        {
            var world = new World(seed);
            var random = world.Scheduler.Random;
            world.Api.Fault = _ =>
            {
                if (world.CutOff.Contains(world.Caller!)) throw ApiException.Of(503, "ServiceUnavailable", "cut off");
            };
            foreach (var name in new[] { "a", "b", "c" }) world.Start(name, default);
            for (var i = 0; i < 200; i++)
            {
                var name = $"{(char)('a' + random.Next(3))}";
                if (random.Next(6) == 0 && !world.CutOff.Remove(name)) world.CutOff.Add(name);
                world.Advance(random.NextDouble() * 5);
                world.Most.ShouldBeLessThanOrEqualTo(1, $"seed {seed}");
            }
            world.CutOff.Clear();
            world.Advance(60);
            world.Working.Count.ShouldBe(1, $"seed {seed}");
        }
    }

    /// <summary>Several processes that want one lease, on one thread.</summary>
    private sealed class World(int seed)
    {
        public SeededScheduler Scheduler { get; } = new(seed);

        public ManualTimeProvider Time { get; } = new();

        public FaultyResources Api { get; } = new();

        public HashSet<string> Working { get; } = [];

        public HashSet<string> CutOff { get; } = [];

        public int Most { get; private set; }

        /// <summary>Who is calling the API just now.</summary>
        public string? Caller { get; private set; }

        public Lease Stored => (Lease)Api.GetAsync(Lease.Definition, Name, default).Result!;

        public LeaseHolder Holder(string identity) =>
            new(new Seen(this, identity), new LeaseOptions { Name = Name, Identity = identity }, Time, NullLogger.Instance);

        public void Start(string identity, CancellationToken cancel) => Scheduler.RunUntilIdle(() => _ = Holder(identity).RunAsync(
            async held =>
            {
                Working.Add(identity);
                Most = Math.Max(Most, Working.Count);
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, Time, held);
                }
                finally
                {
                    Working.Remove(identity);
                }
            },
            cancel));

        public void Advance(double seconds)
        {
            // Step by step, so that what one timer sets off has happened before the next one fires.
            var end = Time.GetUtcNow().AddSeconds(seconds);
            while (Time.NextTimer is { } next && next <= end) Scheduler.RunUntilIdle(() => Time.AdvanceTo(next));
            Time.AdvanceTo(end);
        }

        /// <summary>The API as one process sees it.</summary>
        private sealed class Seen(World world, string identity) : IResources
        {
            public Task<Resource?> GetAsync(KindDefinition kind, NamespacedName name, CancellationToken cancel) =>
                As(() => world.Api.GetAsync(kind, name, cancel));

            public Task<Resource> CreateAsync(Resource resource, CancellationToken cancel) => As(() => world.Api.CreateAsync(resource, cancel));

            public Task<Resource> UpdateAsync(Resource resource, CancellationToken cancel) => As(() => world.Api.UpdateAsync(resource, cancel));

            public Task<ResourceList> ListAsync(KindDefinition kind, ListOptions options, CancellationToken cancel) => throw new NotSupportedException();

            public IAsyncEnumerable<WatchEvent> WatchAsync(KindDefinition kind, ListOptions options, CancellationToken cancel) =>
                throw new NotSupportedException();

            public Task<Resource> UpdateStatusAsync(Resource resource, CancellationToken cancel) => throw new NotSupportedException();

            public Task<Resource> PatchAsync(KindDefinition kind, NamespacedName name, Patch patch, CancellationToken cancel) =>
                throw new NotSupportedException();

            public Task ScaleAsync(KindDefinition kind, NamespacedName name, int replicas, CancellationToken cancel) => throw new NotSupportedException();

            public Task DeleteAsync(KindDefinition kind, NamespacedName name, DeleteOptions options, CancellationToken cancel) =>
                throw new NotSupportedException();

            private T As<T>(Func<T> call)
            {
                world.Caller = identity;
                return call();
            }
        }
    }
}
