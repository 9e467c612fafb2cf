using Kip.ApiServer.Registry;
using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Registry;
using Shouldly;

namespace Kip.Tests.ApiServer.Registry;

public class WatchTests
{
    private readonly TestRegistry _registry = new(store: new StoreOptions { HistoryPerKind = 10, HistoryAge = TimeSpan.FromSeconds(60) });

    [Fact]
    public void A_watch_without_a_version_begins_with_what_is_there()
    {
        _registry.Create(Objects.Map("a"));
        var watch = _registry.Watch<ConfigMap>();
        _registry.Create(Objects.Map("b"));
        _registry.Update(Objects.Map("a", "default", ("k", "v")));
        _registry.Delete<ConfigMap>("default", "b");
        _registry.Settle();

        watch.Lines.ShouldBe(["Added a", "Added b", "Modified a", "Deleted b"]);
    }

    [Fact]
    public void A_watch_after_a_version_has_exactly_the_changes_since()
    {
        _registry.Create(Objects.Map("a"));
        var at = _registry.List<ConfigMap>().ResourceVersion;
        _registry.Create(Objects.Map("b"));
        _registry.Update(Objects.Map("b", "default", ("k", "v")));

        var watch = _registry.Watch<ConfigMap>(new() { ResourceVersion = at });
        _registry.Settle();

        watch.Lines.ShouldBe(["Added b", "Modified b"]);
    }

    [Fact]
    public void A_deleted_object_is_shown_as_it_was_at_the_version_of_its_deletion()
    {
        var made = _registry.Create(Objects.Map("a", "default", ("k", "v")));
        var watch = _registry.Watch<ConfigMap>();
        var outcome = _registry.Delete<ConfigMap>("default", "a");
        _registry.Settle();

        var last = watch.Seen[^1].Object;
        last.ShouldBe(made.With(m => m with { ResourceVersion = _registry.Verbs.ResourceVersion }));
        outcome.Object.ShouldBe(last);
    }

    [Fact]
    public void An_object_that_begins_or_ceases_to_match_appears_and_disappears()
    {
        var watch = _registry.Watch<ConfigMap>(new() { LabelSelector = "on=yes" });
        var off = Objects.Map("a");
        var on = off.With(static m => m with { Labels = StringMap.Of(("on", "yes")) });
        _registry.Create(off);
        _registry.Update(on);
        _registry.Update(on with { Data = StringMap.Of(("k", "v")) });
        var last = _registry.Update(off);
        _registry.Delete<ConfigMap>("default", "a");
        _registry.Settle();

        watch.Lines.ShouldBe(["Added a", "Modified a", "Deleted a"]);
        var gone = (ConfigMap)watch.Seen[2].Object;
        gone.Metadata.Labels.Get("on").ShouldBe("yes");
        gone.Metadata.ResourceVersion.ShouldBe(last.Metadata.ResourceVersion);
    }

    [Fact]
    public void A_watch_of_one_namespace_sees_no_other()
    {
        _registry.Create(new Namespace { Metadata = new() { Name = "b" } });
        var watch = _registry.Watch<ConfigMap>(new() { Namespace = "b" });
        _registry.Create(Objects.Map("a"));
        _registry.Create(Objects.Map("x", "b"));
        _registry.Settle();

        watch.Lines.ShouldBe(["Added x"]);
    }

    [Fact]
    public void Initial_events_on_request_end_with_a_bookmark_that_says_so()
    {
        _registry.Create(Objects.Map("a"));
        var watch = _registry.Watch<ConfigMap>(new() { AllowBookmarks = true }, sendInitialEvents: true);
        _registry.Create(Objects.Map("b"));
        _registry.Settle();

        watch.Lines.ShouldBe(["Added a", "Bookmark", "Added b"]);
        watch.Seen[1].Object.Metadata.Annotations.Get("k8s.io/initial-events-end").ShouldBe("true");
        watch.Seen[1].Object.Metadata.ResourceVersion.ShouldBe(watch.Seen[0].Object.Metadata.ResourceVersion);
    }

    [Fact]
    public void Initial_events_can_be_left_out()
    {
        _registry.Create(Objects.Map("a"));
        var watch = _registry.Watch<ConfigMap>(null, new WatchOptions(SendInitialEvents: false));
        _registry.Create(Objects.Map("b"));
        _registry.Settle();

        watch.Lines.ShouldBe(["Added b"]);
    }

    [Fact]
    public void A_watch_gets_a_last_bookmark_before_its_end()
    {
        var watch = _registry.Watch<ConfigMap>(new() { AllowBookmarks = true }, new WatchOptions(Lifetime: TimeSpan.FromSeconds(20)));
        _registry.Create(Objects.Pod("elsewhere"));
        _registry.Advance(TimeSpan.FromSeconds(17.9));
        watch.Lines.ShouldBeEmpty();

        _registry.Advance(TimeSpan.FromSeconds(0.2));

        watch.Lines.ShouldBe(["Bookmark"]);
        watch.Seen[0].Object.Metadata.ResourceVersion.ShouldBe(_registry.Verbs.ResourceVersion);
    }

    [Fact]
    public void A_bookmark_comes_also_while_changes_go_on_that_are_not_selected()
    {
        var watch = _registry.Watch<ConfigMap>(new() { AllowBookmarks = true, LabelSelector = "on=yes" });
        string? version = null;
        for (var i = 0; i < 31; i++)
        {
            version = _registry.Create(Objects.Map($"a{i}")).Metadata.ResourceVersion;
            _registry.Advance(TimeSpan.FromSeconds(1));
        }

        watch.Lines.ShouldBe(["Bookmark"]);
        long.Parse(watch.Seen[0].Object.Metadata.ResourceVersion!).ShouldBeInRange(long.Parse(version!) - 2, long.Parse(version!));
    }

    [Fact]
    public void Changes_in_other_namespaces_and_of_other_names_push_nobody_out()
    {
        _registry.Create(new Namespace { Metadata = new() { Name = "b" } });
        var inB = _registry.Watch<ConfigMap>(new() { Namespace = "b" });
        var one = _registry.Watch<ConfigMap>(new() { Namespace = "default", FieldSelector = "metadata.name=one" });
        var after = _registry.Watch<ConfigMap>(new() { Namespace = "b", ResourceVersion = _registry.Verbs.ResourceVersion });

        // More than the history holds, while none of them reads.
        for (var i = 0; i < 30; i++) _registry.Create(Objects.Map($"a{i}"));
        _registry.Create(Objects.Map("x", "b"));
        _registry.Create(Objects.Map("one"));
        _registry.Settle();

        inB.Lines.ShouldBe(["Added x"]);
        after.Lines.ShouldBe(["Added x"]);
        one.Lines.ShouldBe(["Added one"]);
    }

    [Fact]
    public void Bookmarks_come_now_and_then_and_carry_a_version_to_go_on_from()
    {
        var watch = _registry.Watch<ConfigMap>(new() { AllowBookmarks = true });
        _registry.Create(Objects.Pod("elsewhere"));
        _registry.Advance(TimeSpan.FromSeconds(30));

        watch.Lines.ShouldBe(["Bookmark"]);
        watch.Seen[0].Object.Metadata.ShouldBe(new ObjectMeta { ResourceVersion = _registry.Verbs.ResourceVersion });

        _registry.Create(Objects.Map("a"));
        var next = _registry.Watch<ConfigMap>(new() { ResourceVersion = watch.Seen[0].Object.Metadata.ResourceVersion });
        _registry.Settle();
        next.Lines.ShouldBe(["Added a"]);
    }

    [Fact]
    public void A_version_that_is_forgotten_has_expired_and_other_kinds_do_not_push_it_out()
    {
        var at = _registry.Create(Objects.Map("a")).Metadata.ResourceVersion;
        for (var i = 0; i < 20; i++) _registry.Create(Objects.Pod($"p{i}"));
        _registry.Watch<ConfigMap>(new() { ResourceVersion = at }).Ended.IsFaulted.ShouldBeFalse();

        for (var i = 0; i < 11; i++) _registry.Update(Objects.Map("a", "default", ("k", $"{i}")));

        var error = Should.Throw<ApiException>(() => _registry.Watch<ConfigMap>(new() { ResourceVersion = at }));
        (error.Code, error.Status.Reason).ShouldBe((410, StatusReason.Expired));
    }

    [Fact]
    public void History_is_forgotten_with_time()
    {
        _registry.WithLoops();
        var at = _registry.List<ConfigMap>().ResourceVersion;
        _registry.Create(Objects.Map("a"));
        _registry.Advance(TimeSpan.FromSeconds(50));
        _registry.Watch<ConfigMap>(new() { ResourceVersion = at }).Lines.ShouldBe(["Added a"]);

        _registry.Advance(TimeSpan.FromSeconds(30));

        Should.Throw<ApiException>(() => _registry.Watch<ConfigMap>(new() { ResourceVersion = at })).IsExpired.ShouldBeTrue();
    }

    [Fact]
    public void A_reader_that_is_too_slow_is_told_to_list_again()
    {
        var watch = _registry.Watch<ConfigMap>();
        for (var i = 0; i < 11; i++) _registry.Create(Objects.Map($"a{i}"));
        _registry.Settle();

        watch.Ended.Exception?.InnerException.ShouldBeOfType<ApiException>().IsExpired.ShouldBeTrue();
    }

    [Fact]
    public void A_reader_that_keeps_up_sees_more_than_the_history_holds()
    {
        var watch = _registry.Watch<ConfigMap>();
        for (var i = 0; i < 50; i++)
        {
            _registry.Create(Objects.Map($"a{i}"));
            if (i % 5 == 0) _registry.Settle();
        }
        _registry.Settle();

        watch.Lines.ShouldBe(Enumerable.Range(0, 50).Select(static i => $"Added a{i}"));
    }

    [Fact]
    public async Task A_closed_registry_ends_its_watches()
    {
        var watch = _registry.Watch<ConfigMap>();
        await _registry.Verbs.DisposeAsync();
        _registry.Settle();

        watch.Ended.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public void A_cancelled_watch_ends()
    {
        var watch = _registry.Watch<ConfigMap>();
        watch.Cancel.Cancel();
        _registry.Settle();

        watch.Ended.IsCanceled.ShouldBeTrue();
    }

    [Theory]
    [InlineData("abc", 400)]
    [InlineData("-1", 400)]
    [InlineData("99999999", 504)]
    public void A_version_that_was_never_given_is_refused(string version, int code) =>
        Should.Throw<ApiException>(() => _registry.Watch<ConfigMap>(new() { ResourceVersion = version })).Code.ShouldBe(code);
}
