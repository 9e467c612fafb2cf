using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Registry;
using Kip.Testing.Time;
using Shouldly;

namespace Kip.Tests.ApiServer.Registry;

public class DeleteTests
{
    private readonly TestRegistry _registry = new();

    [Fact]
    public void An_object_that_nothing_holds_goes_at_once()
    {
        var made = _registry.Create(Objects.Map("a"));

        var outcome = _registry.Delete<ConfigMap>("default", "a");

        outcome.Removed.ShouldBeTrue();
        outcome.Object.Metadata.Uid.ShouldBe(made.Metadata.Uid);
        _registry.Get<ConfigMap>("default", "a").ShouldBeNull();
        Should.Throw<ApiException>(() => _registry.Delete<ConfigMap>("default", "a")).IsNotFound.ShouldBeTrue();
    }

    [Fact]
    public void Finalizers_hold_an_object_until_the_last_is_taken_away()
    {
        _registry.Create(Objects.Map("a").With(static m => m with { Finalizers = ["x/a", "x/b"] }));
        var watch = _registry.Watch<ConfigMap>();

        var outcome = _registry.Delete<ConfigMap>("default", "a");
        outcome.Removed.ShouldBeFalse();
        outcome.Object.Metadata.DeletionTimestamp.ShouldBe(ManualTimeProvider.DefaultStart);
        outcome.Object.Metadata.DeletionGracePeriodSeconds.ShouldBe(0);
        var version = _registry.Verbs.ResourceVersion;
        _registry.Delete<ConfigMap>("default", "a").Removed.ShouldBeFalse();
        _registry.Verbs.ResourceVersion.ShouldBe(version);

        _registry.Modify<ConfigMap>("default", "a", static p => p.With(static m => m with { Finalizers = ["x/b"] }));
        _registry.Get<ConfigMap>("default", "a").ShouldNotBeNull();
        _registry.Modify<ConfigMap>("default", "a", static p => p.With(static m => m with { Finalizers = [] }));

        _registry.Get<ConfigMap>("default", "a").ShouldBeNull();
        _registry.Settle();
        watch.Lines.ShouldBe(["Added a", "Modified a", "Modified a", "Deleted a"]);
    }

    [Fact]
    public void An_object_on_its_way_out_takes_no_new_finalizer()
    {
        _registry.Create(Objects.Map("a").With(static m => m with { Finalizers = ["x/a"] }));
        _registry.Delete<ConfigMap>("default", "a");

        Should.Throw<ApiException>(() => _registry.Modify<ConfigMap>("default", "a", static p => p.With(static m => m with { Finalizers = ["x/a", "x/b"] })))
            .Message.ShouldContain("no new finalizers can be added if the object is being deleted");
    }

    [Fact]
    public void The_mark_cannot_be_taken_back()
    {
        _registry.Create(Objects.Map("a").With(static m => m with { Finalizers = ["x/a"] }));
        _registry.Delete<ConfigMap>("default", "a");

        _registry.Modify<ConfigMap>("default", "a", static p => p.With(static m => m with { DeletionTimestamp = null, Labels = StringMap.Of(("a", "b")) }))
            .Metadata.DeletionTimestamp.ShouldNotBeNull();
    }

    [Fact]
    public void Preconditions_must_hold()
    {
        var made = _registry.Create(Objects.Map("a"));

        Should.Throw<ApiException>(() => _registry.Delete<ConfigMap>("default", "a", new() { Preconditions = new() { Uid = "other" } }))
            .Message.ShouldContain("UID in precondition: other");
        Should.Throw<ApiException>(() => _registry.Delete<ConfigMap>("default", "a", new() { Preconditions = new() { ResourceVersion = "1" } }))
            .IsConflict.ShouldBeTrue();
        _registry.Delete<ConfigMap>("default", "a", new()
        {
            Preconditions = new() { Uid = made.Metadata.Uid, ResourceVersion = made.Metadata.ResourceVersion },
        }).Removed.ShouldBeTrue();
    }

    [Theory]
    [InlineData(null, null, null, 30)]
    [InlineData(5L, null, null, 5)]
    [InlineData(5L, 60L, null, 60)]
    [InlineData(null, -1L, null, 1)]
    public void A_running_pod_gets_its_time(long? spec, long? asked, string? phase, long seconds)
    {
        _registry.Create(Objects.Pod("p", "kip", spec));
        if (phase is not null) _registry.Modify<Pod>("default", "p", p => p with { Status = p.Status with { Phase = phase } }, "status");

        var outcome = _registry.Delete<Pod>("default", "p", new() { GracePeriodSeconds = asked });

        outcome.Removed.ShouldBeFalse();
        outcome.Object.Metadata.DeletionGracePeriodSeconds.ShouldBe(seconds);
        outcome.Object.Metadata.DeletionTimestamp.ShouldBe(ManualTimeProvider.DefaultStart.AddSeconds(seconds));
        _registry.Delete<Pod>("default", "p", new() { GracePeriodSeconds = 0 }).Removed.ShouldBeTrue();
    }

    [Fact]
    public void A_pod_that_runs_nowhere_goes_at_once()
    {
        _registry.Create(Objects.Pod("waiting"));
        _registry.Create(Objects.Pod("done", "kip"));
        _registry.Modify<Pod>("default", "done", static p => p with { Status = p.Status with { Phase = "Succeeded" } }, "status");

        _registry.Delete<Pod>("default", "waiting").Removed.ShouldBeTrue();
        _registry.Delete<Pod>("default", "done").Removed.ShouldBeTrue();
    }

    [Fact]
    public void A_pods_time_can_be_shortened_but_not_made_longer()
    {
        _registry.Create(Objects.Pod("p", "kip"));
        _registry.Delete<Pod>("default", "p");
        _registry.Time.Advance(TimeSpan.FromSeconds(3));

        Grace(_registry.Delete<Pod>("default", "p", new() { GracePeriodSeconds = 90 })).ShouldBe((30, 30));
        Grace(_registry.Delete<Pod>("default", "p")).ShouldBe((30, 30));
        Grace(_registry.Delete<Pod>("default", "p", new() { GracePeriodSeconds = 10 })).ShouldBe((10, 10));
    }

    [Fact]
    public void A_pod_with_finalizers_waits_for_both()
    {
        _registry.Create(Objects.Pod("p", "kip").With(static m => m with { Finalizers = ["x/a"] }));
        _registry.Delete<Pod>("default", "p");
        _registry.Modify<Pod>("default", "p", static p => p.With(static m => m with { Finalizers = [] }));
        _registry.Get<Pod>("default", "p").ShouldNotBeNull();

        _registry.Delete<Pod>("default", "p", new() { GracePeriodSeconds = 0 }).Removed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_collection_is_deleted_by_selector()
    {
        foreach (var name in (string[])["a", "b", "c"])
            _registry.Create(Objects.Map(name).With(m => m with { Labels = StringMap.Of(("go", name == "b" ? "no" : "yes")) }));

        var gone = await _registry.Verbs.DeleteCollectionAsync(ConfigMap.Definition, new() { Namespace = "default", LabelSelector = "go=yes" },
            DeleteOptions.Default, TestRegistry.Admin, TestContext.Current.CancellationToken);

        gone.Items.Select(static r => r.Metadata.Name).ShouldBe(["a", "c"]);
        _registry.List<ConfigMap>().Items.Select(static r => r.Metadata.Name).ShouldBe(["b"]);
    }

    [Fact]
    public void A_dry_run_deletes_nothing()
    {
        _registry.Create(Objects.Map("a"));

        _registry.Delete<ConfigMap>("default", "a", new() { DryRun = ["All"] }).Removed.ShouldBeTrue();

        _registry.Get<ConfigMap>("default", "a").ShouldNotBeNull();
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused()
    {
        _registry.Create(Objects.Map("a"));

        Should.Throw<ApiException>(
            () => _registry.Delete<ConfigMap>("default", "a", new() { PropagationPolicy = "Orphan", OrphanDependents = true })).Code.ShouldBe(422);
        Should.Throw<ApiException>(() => _registry.Delete<ConfigMap>("default", "a", new() { PropagationPolicy = "Later" })).Code.ShouldBe(422);
    }

    private static (long? Period, double Until) Grace(Kip.ApiServer.Registry.Deletion.DeleteOutcome outcome) => (
        outcome.Object.Metadata.DeletionGracePeriodSeconds,
        (outcome.Object.Metadata.DeletionTimestamp - ManualTimeProvider.DefaultStart)!.Value.TotalSeconds);
}
