using System.Collections.Concurrent;
using Kip.ApiServer.Registry;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Registry;
using Shouldly;

namespace Kip.Tests.ApiServer.Registry;

public class ConcurrencyTests
{
    private const int Writers = 4;
    private const int Increments = 300;

    [Fact]
    public async Task No_increment_is_lost_and_every_watch_tells_all_of_them_in_order()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var registry = ResourceRegistry.InMemory(TimeProvider.System);
        var made = await registry.CreateAsync(Objects.Map("counter", "default", ("n", "0")), TestRegistry.Admin, cancel);
        var watches = Enumerable.Range(0, 3).Select(_ => FollowAsync(registry, made, cancel)).ToArray();

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(() => IncrementAsync(registry, cancel), cancel)));

        var wanted = Enumerable.Range(1, Writers * Increments).ToArray();
        foreach (var seen in await Task.WhenAll(watches)) seen.ShouldBe(wanted);
    }

    [Fact]
    public async Task Of_many_who_create_the_same_name_one_succeeds()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var registry = ResourceRegistry.InMemory(TimeProvider.System);
        var made = new ConcurrentBag<string>();

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
                try
                {
                    made.Add((await registry.CreateAsync(Objects.Map($"m{i}"), TestRegistry.Admin, cancel)).Metadata.Name);
                }
                catch (ApiException e) when (e.IsAlreadyExists)
                {
                    // Another was faster.
                }
        }, cancel)));

        made.Order().ShouldBe(Enumerable.Range(0, 100).Select(static i => $"m{i}").Order());
    }

    [Fact]
    public async Task A_change_that_others_always_overtake_gets_a_turn_of_its_own()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var registry = ResourceRegistry.InMemory(TimeProvider.System);
        await registry.CreateAsync(Objects.Map("counter", "default", ("n", "0")), TestRegistry.Admin, cancel);
        var others = new List<Task>();

        await registry.ModifyAsync(ConfigMap.Definition, new("default", "counter"), null, present =>
        {
            var overtaking = Task.Run(() => Increment(registry, cancel), cancel);
            others.Add(overtaking);
            // While this change has no turn the other one is always through before it; later the other one waits, and this need not wait for that.
            overtaking.Wait(TimeSpan.FromMilliseconds(100), cancel);
            return Incremented(present);
        }, TestRegistry.Admin, cancel);

        await Task.WhenAll(others);
        var counter = (ConfigMap)registry.Get(ConfigMap.Definition, new("default", "counter"))!;
        counter.Data["n"].ShouldBe($"{others.Count + 1}");
    }

    private static async Task IncrementAsync(ResourceRegistry registry, CancellationToken cancel)
    {
        for (var i = 0; i < Increments; i++) await Increment(registry, cancel);
    }

    private static async Task Increment(ResourceRegistry registry, CancellationToken cancel) =>
        await registry.ModifyAsync(ConfigMap.Definition, new("default", "counter"), null, Incremented, TestRegistry.Admin, cancel);

    private static Resource Incremented(Resource present)
    {
        var map = (ConfigMap)present;
        return map with { Data = map.Data.With("n", $"{int.Parse(map.Data["n"]) + 1}") };
    }

    private static async Task<List<int>> FollowAsync(ResourceRegistry registry, Resource from, CancellationToken cancel)
    {
        var seen = new List<int>();
        var options = new ListOptions { ResourceVersion = from.Metadata.ResourceVersion };
        await foreach (var happened in registry.Watch(ConfigMap.Definition, options, sendInitialEvents: false, cancel))
        {
            seen.Add(int.Parse(((ConfigMap)happened.Object).Data["n"]));
            if (seen.Count == Writers * Increments) break;
        }
        return seen;
    }
}
