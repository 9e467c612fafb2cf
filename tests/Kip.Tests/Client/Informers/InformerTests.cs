using Kip.Client;
using Kip.Client.Informers;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Memory;
using Kip.Testing.Simulation;
using Kip.Testing.Time;
using Shouldly;

namespace Kip.Tests.Client.Informers;

public sealed class InformerTests : IAsyncDisposable
{
    private readonly SeededScheduler _scheduler = new(1);
    private readonly ManualTimeProvider _time = new();
    private readonly FaultyResources _api = new();
    private readonly InformerSet _informers;
    private readonly List<string> _changes = [];

    public InformerTests() => _informers = new InformerSet(_api, _time, random: static () => 0);

    [Fact]
    public void What_is_there_and_what_comes_is_in_the_cache_before_the_listener_is_told()
    {
        Create("a");
        Start();
        var created = Create("b");
        Do(() => _api.UpdateAsync(created with { Data = StringMap.Of(("k", "v")) }, default));
        Do(() => _api.DeleteAsync<ConfigMap>(new("default", "a"), default));

        _changes.ShouldBe(["+a", "+b", "~b", "-a"]);
        _informers.Get<ConfigMap>().List().Select(static c => c.Metadata.Name).ShouldBe(["b"]);
        _informers.Get<ConfigMap>().Get(new("default", "b"))!.Data["k"].ShouldBe("v");
    }

    [Fact]
    public void A_watch_that_ends_is_resumed_where_it_was_without_a_new_list()
    {
        Start();
        Create("a");
        Do(() => _api.EndWatches());
        Do(() => _api.EndWatches(new IOException("connection reset")));
        Create("b");
        _time.Advance(TimeSpan.FromMinutes(1));
        Idle();

        _changes.ShouldBe(["+a", "+b"]);
        _api.Calls.Count(static c => c == "list configmaps").ShouldBe(1);
        _api.Calls.Count(static c => c == "watch configmaps 1").ShouldBeGreaterThan(1);
    }

    [Fact]
    public void When_the_place_is_lost_it_lists_again_and_tells_exactly_what_differs()
    {
        foreach (var name in new[] { "kept", "changed", "gone", "replaced" }) Create(name);
        Start();
        _changes.Clear();
        _api.HoldWatches();
        Do(() => _api.UpdateAsync(Stored("changed") with { Data = StringMap.Of(("k", "v")) }, default));
        Do(() => _api.DeleteAsync<ConfigMap>(new("default", "gone"), default));
        Do(() => _api.DeleteAsync<ConfigMap>(new("default", "replaced"), default));
        Create("replaced");
        Create("new");

        _api.ForgetHistory();
        _api.ReleaseWatches();
        Do(() => _api.EndWatches());
        Idle();
        _time.Advance(TimeSpan.FromMinutes(1));
        Idle();

        _changes.Order(StringComparer.Ordinal).ShouldBe(["+new", "+replaced", "-gone", "-replaced", "~changed"]);
        _changes.IndexOf("-replaced").ShouldBeLessThan(_changes.IndexOf("+replaced"));
        _informers.Get<ConfigMap>().List().Count.ShouldBe(4);
    }

    [Fact]
    public void A_server_that_cannot_be_reached_is_asked_ever_more_rarely_and_found_again()
    {
        _api.Fault = static call =>
        {
            if (call.StartsWith("list", StringComparison.Ordinal)) throw ApiException.Of(503, "ServiceUnavailable", "down");
        };
        Start();
        for (var i = 0; i < 20; i++) AdvanceToNextTimer();

        var waited = _time.GetUtcNow() - ManualTimeProvider.DefaultStart;
        waited.ShouldBeGreaterThan(TimeSpan.FromMinutes(4));
        _informers.Informer<ConfigMap>().HasSynced.ShouldBeFalse();

        _api.Fault = static _ => { };
        Create("a");
        AdvanceToNextTimer();
        _informers.Informer<ConfigMap>().HasSynced.ShouldBeTrue();
        _changes.ShouldBe(["+a"]);
    }

    [Fact]
    public void A_listener_that_throws_costs_neither_the_others_nor_itself_the_next_change()
    {
        var seen = new List<string>();
        _informers.Subscribe<ConfigMap>(change =>
        {
            seen.Add(change.Object.Metadata.Name);
            throw new InvalidOperationException("a bug");
        });
        Start();
        Create("a");
        Create("b");

        seen.ShouldBe(["a", "b"]);
        _changes.ShouldBe(["+a", "+b"]);
    }

    [Fact]
    public void A_late_listener_is_told_of_everything_once_and_a_kind_asked_for_late_is_started()
    {
        Start();
        Create("a");
        var late = new List<string>();
        var subscription = _informers.Subscribe<ConfigMap>(change => late.Add(Describe(change)));
        Create("b");
        subscription.Dispose();
        Create("c");

        late.ShouldBe(["+a", "+b"]);
        _scheduler.RunUntilIdle(() => _informers.Get<Secret>());
        _informers.Informer<Secret>().HasSynced.ShouldBeTrue();
    }

    [Fact]
    public async Task A_listener_that_subscribes_while_another_thread_brings_changes_misses_none_and_gets_none_twice()
    {
        for (var round = 0; round < 200; round++)
        {
            var api = new FaultyResources();
            var informers = new InformerSet(api, TimeProvider.System);
            var seen = new List<string>();
            informers.Subscribe<ConfigMap>(_ => { });
            await informers.StartAsync(Cancel);
            using var all = new CountdownEvent(50);
            var writer = new Thread(() =>
            {
                for (var i = 0; i < 50; i++) _ = api.CreateAsync(Shape($"c{i}"), default);
            });
            writer.Start();
            if (round % 2 == 0) Thread.Yield();
            informers.Subscribe<ConfigMap>(change =>
            {
                seen.Add(change.Object.Metadata.Name);
                all.Signal();
            });

            all.Wait(TimeSpan.FromSeconds(60), Cancel).ShouldBeTrue();
            writer.Join();
            seen.Distinct().Count().ShouldBe(50);
            await informers.DisposeAsync();
        }
    }

    [Fact]
    public void Indexes_by_owner_and_label_follow_every_change()
    {
        Start();
        var configs = _informers.Get<ConfigMap>();
        var a = Create("a", owner: "o1", label: "x");
        Create("b", owner: "o1", label: "x");
        configs.WithLabel("default", "app", "x").Count.ShouldBe(2);
        configs.OwnedBy("o1").Count.ShouldBe(2);

        Do(() => _api.UpdateAsync(Shape("a", "o2", "y") with { Metadata = Shape("a", "o2", "y").Metadata with { Uid = a.Metadata.Uid } }, default));
        Do(() => _api.DeleteAsync<ConfigMap>(new("default", "b"), default));

        configs.OwnedBy("o1").ShouldBeEmpty();
        configs.OwnedBy("o2").Select(static c => c.Metadata.Name).ShouldBe(["a"]);
        configs.WithLabel("default", "app", "x").ShouldBeEmpty();
        configs.WithLabel("default", "app", "y").Select(static c => c.Metadata.Name).ShouldBe(["a"]);
        configs.WithLabel("other", "app", "y").ShouldBeEmpty();
        configs.WithLabel("default", "absent", "y").ShouldBeEmpty();
    }

    [Fact]
    public void Stopping_ends_the_watches()
    {
        Start();
        Task? stop = null;
        _scheduler.RunUntilIdle(() => stop = _informers.StopAsync());
        stop!.IsCompletedSuccessfully.ShouldBeTrue();
    }

    public ValueTask DisposeAsync()
    {
        // On the scheduler, which runs nothing by itself: what the informers still have to do would never be done.
        _scheduler.RunUntilIdle(() => _ = _informers.StopAsync());
        return _informers.DisposeAsync();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ConfigMap Shape(string name, string? owner = null, string? label = null) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = name,
            Namespace = "default",
            Labels = label is null ? default : StringMap.Of(("app", label)),
            OwnerReferences = owner is null
                ? []
                : [new OwnerReference { ApiVersion = "v1", Kind = "ConfigMap", Name = owner, Uid = owner, Controller = true }],
        },
    };

    private static string Describe(ResourceChange<ConfigMap> change) =>
        (change.IsAdded ? "+" : change.IsDeleted ? "-" : "~") + change.Object.Metadata.Name;

    private void Start()
    {
        _informers.Subscribe<ConfigMap>(change =>
        {
            var cached = _informers.Get<ConfigMap>().Get(change.Key);
            cached.ShouldBe(change.New);
            _changes.Add(Describe(change));
        });
        Do(() => _informers.StartAsync());
    }

    private ConfigMap Create(string name, string? owner = null, string? label = null)
    {
        ConfigMap? made = null;
        _scheduler.RunUntilIdle(() => made = (ConfigMap)_api.CreateAsync(Shape(name, owner, label), default).Result);
        return made!;
    }

    private ConfigMap Stored(string name) => (ConfigMap)_api.GetAsync(ConfigMap.Definition, new("default", name), default).Result!;

    private void Do(Action action) => _scheduler.RunUntilIdle(action);

    private void Idle() => _scheduler.RunUntilIdle();

    private void AdvanceToNextTimer() => _scheduler.RunUntilIdle(() => _time.AdvanceTo(_time.NextTimer!.Value));
}
