using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Log;
using Kip.Testing.Registry;
using Kip.Tests.ApiServer.Registry;
using Shouldly;

namespace Kip.Tests.ApiServer.Storage;

public class StoreOnDiskTests
{
    private readonly FaultyFiles _files = new(1);

    [Fact]
    public void What_was_stored_is_there_after_a_restart_and_versions_go_on()
    {
        var before = new DiskStore(_files);
        before.Registry.Create(Objects.Deployment("web"));
        before.Registry.Create(Objects.Map("gone"));
        before.Registry.Delete<ConfigMap>("default", "gone");
        before.Registry.Update(Objects.Deployment("web", 3));
        var (content, version) = (DiskStore.Content(before.Store), before.Store.Version);

        var after = new DiskStore(_files.AfterKill());

        DiskStore.Content(after.Store).ShouldBe(content, ignoreOrder: true);
        after.Store.Version.ShouldBeGreaterThan(version);
        after.Registry.Create(Objects.Map("next")).Metadata.ResourceVersion.ShouldBe($"{after.Store.Version}");
    }

    [Fact]
    public void Owners_are_known_again_after_a_restart()
    {
        var before = new DiskStore(_files);
        var owner = before.Registry.Create(Objects.Map("owner"));
        before.Registry.Create(Objects.Map("child").OwnedBy(owner));

        var after = new DiskStore(_files.AfterKill());

        after.Store.DependentsOf(owner.Metadata.Uid!).ShouldHaveSingleItem().Name.Name.ShouldBe("child");
    }

    [Fact]
    public void A_watch_from_before_the_restart_has_expired()
    {
        var version = new DiskStore(_files).Registry.Create(Objects.Map("a")).Metadata.ResourceVersion;

        var after = new DiskStore(_files.AfterKill());

        Should.Throw<ApiException>(() => after.Registry.Watch<ConfigMap>(new() { ResourceVersion = version })).IsExpired.ShouldBeTrue();
    }

    [Fact]
    public async Task A_version_that_was_shown_and_lost_is_never_given_to_another_change()
    {
        var cancel = TestContext.Current.CancellationToken;
        var (files, last) = (_files, 0L);
        // Again and again, since the second crash must not bring back what the first one skipped.
        for (var life = 0; life < 4; life++)
        {
            var flush = new ManualFlush();
            var store = new DiskStore(files, flush);
            var opened = store.Registry.Verbs.FlushedAsync(cancel).AsTask();
            flush.Run();
            await opened;

            var shown = long.Parse((await store.Registry.Resources.CreateAsync(Objects.Map("lost"), cancel)).Metadata.ResourceVersion!);

            shown.ShouldBeGreaterThan(last);
            last = shown;
            files = files.AfterPowerCut();
        }
    }

    [Fact]
    public async Task A_durable_write_waits_for_the_disk_and_a_derived_one_does_not()
    {
        var flush = new ManualFlush();
        var store = new DiskStore(_files, flush: flush);
        var cancel = TestContext.Current.CancellationToken;

        var durable = store.Registry.Verbs.CreateAsync(Objects.Map("a"), TestRegistry.Admin, cancel);
        var derived = store.Registry.Resources.CreateAsync(Objects.Map("b"), cancel);
        var unchanged = store.Registry.Verbs.UpdateAsync(Objects.Map("a"), null, TestRegistry.Admin, cancel);
        var everything = store.Registry.Verbs.FlushedAsync(cancel).AsTask();

        (durable.IsCompleted, derived.IsCompleted, unchanged.IsCompleted, everything.IsCompleted).ShouldBe((false, true, false, false));
        store.Registry.Get<ConfigMap>("default", "a").ShouldNotBeNull();
        flush.Run();
        await Task.WhenAll(durable, unchanged, everything);
    }

    [Fact]
    public void Snapshot_and_log_together_are_the_state()
    {
        var random = new Random(7);
        var files = _files;
        for (var restart = 0; restart < 5; restart++)
        {
            var store = new DiskStore(files);
            for (var i = 0; i < 60; i++)
            {
                store.Step(random);
                if (i % 7 == 0) store.Upkeep();
            }
            var content = DiskStore.Content(store.Store);

            files = files.AfterKill();

            DiskStore.Content(new DiskStore(files.Copy()).Store).ShouldBe(content, ignoreOrder: true);
        }
    }

    [Fact]
    public void Neither_the_folder_nor_start_up_grows_with_history()
    {
        var store = new DiskStore(_files);
        store.Registry.Create(Objects.Map("a"));
        for (var i = 0; i < 2000; i++)
        {
            store.Registry.Update(Objects.Map("a", "default", ("n", $"{i}")));
            if (i % 25 == 0) store.Upkeep();
        }
        var content = DiskStore.Content(store.Store);

        var files = _files.AfterKill();
        var after = new DiskStore(files);

        DiskStore.Content(after.Store).ShouldBe(content, ignoreOrder: true);
        after.Store.Recovered!.Replayed.ShouldBeLessThan(100);
        files.List().Count.ShouldBeLessThan(10);
        files.List().Sum(name => files.Content(name).Length).ShouldBeLessThan(64 * 1024);
    }

    [Fact]
    public void A_damaged_snapshot_is_made_up_for_by_the_one_before()
    {
        var store = new DiskStore(_files);
        var random = new Random(3);
        for (var i = 0; i < 100; i++)
        {
            store.Step(random);
            store.Upkeep();
        }
        var content = DiskStore.Content(store.Store);
        var files = _files.AfterKill().Copy();
        var newest = files.List().Where(static name => name.StartsWith("snapshot-", StringComparison.Ordinal)).Max()!;

        files.Flip(newest, files.Content(newest).Length / 2, 1);

        DiskStore.Content(new DiskStore(files).Store).ShouldBe(content, ignoreOrder: true);
    }

    [Fact]
    public void Without_a_snapshot_that_can_be_read_the_store_does_not_begin_with_half()
    {
        var store = new DiskStore(_files);
        var random = new Random(3);
        for (var i = 0; i < 300; i++)
        {
            store.Step(random);
            store.Upkeep();
        }
        var files = _files.AfterKill().Copy();
        foreach (var name in files.List().Where(static name => name.StartsWith("snapshot-", StringComparison.Ordinal)))
            files.Flip(name, files.Content(name).Length / 2, 1);

        Should.Throw<StoreException>(() => new DiskStore(files)).Message.ShouldContain("is damaged: the log begins at record");
    }

    [Fact]
    public void A_folder_of_a_newer_kip_is_refused_and_not_touched()
    {
        new DiskStore(_files).Registry.Create(Objects.Map("a"));
        var newer = _files.AfterKill().Copy();
        Kip.Log.DurableFile.Replace(newer, "format", static stream => stream.Write("3\n"u8));
        var before = newer.List().ToDictionary(static name => name, newer.Content);
        var operations = newer.Operations;

        Should.Throw<StoreException>(() => new DiskStore(newer)).Message.ShouldContain("was written by a newer kip (format 3, this kip knows up to 2)");

        newer.Operations.ShouldBe(operations);
        newer.List().ToDictionary(static name => name, newer.Content).ShouldBe(before, ignoreOrder: true);
    }

    [Fact]
    public void A_folder_that_another_process_has_is_refused()
    {
        _ = new DiskStore(_files);

        Should.Throw<StoreException>(() => new DiskStore(_files)).Message.ShouldContain("in use by another kip");
    }

    [Fact]
    public void On_a_full_disk_writes_are_refused_and_go_on_when_there_is_space()
    {
        var store = new DiskStore(_files);
        store.Registry.Create(Objects.Map("acknowledged"));
        _files.Capacity = _files.List().Sum(name => _files.Content(name).Length) + 10;

        var caught = Should.Throw<ApiException>(() => store.Registry.Create(Objects.Map("in-doubt")));
        var refused = Should.Throw<ApiException>(() => store.Registry.Create(Objects.Map("refused")));

        caught.Code.ShouldBe(507);
        caught.Message.ShouldContain("the change is kept in memory");
        refused.Code.ShouldBe(507);
        refused.Message.ShouldContain("nothing was stored");
        store.Registry.Get<ConfigMap>("default", "in-doubt").ShouldNotBeNull();
        store.Registry.Get<ConfigMap>("default", "refused").ShouldBeNull();

        _files.Capacity = long.MaxValue;
        store.Registry.Time.Advance(TimeSpan.FromSeconds(1));
        store.Registry.Create(Objects.Map("after"));

        new DiskStore(_files.AfterPowerCut()).Registry.List<ConfigMap>().Items.Select(static m => m.Metadata.Name)
            .ShouldBe(["acknowledged", "after", "in-doubt"]);
    }

    [Fact]
    public void A_full_disk_stops_no_snapshot_for_ever()
    {
        var store = new DiskStore(_files);
        var random = new Random(5);
        for (var i = 0; i < 30; i++) store.Step(random);
        var content = DiskStore.Content(store.Store);
        _files.Fault = static operation => operation.Name.StartsWith("snapshot", StringComparison.Ordinal) ? Kip.Log.Files.DiskFull.Make(operation.Name) : null;

        store.Upkeep();
        SnapshotFile.List(_files).ShouldBeEmpty();
        _files.Fault = null;
        store.Upkeep();

        SnapshotFile.List(_files).Count.ShouldBe(1);
        DiskStore.Content(new DiskStore(_files.AfterPowerCut()).Store).ShouldBe(content, ignoreOrder: true);
    }
}
