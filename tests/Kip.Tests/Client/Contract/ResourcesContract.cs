using System.Text;
using Kip.Client;
using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Testing.Logging;
using Kip.Tests.ApiServer.Registry;
using Kip.Tests.Client.Loop;
using Shouldly;

namespace Kip.Tests.Client.Contract;

/// <summary>What every implementation of <see cref="IResources"/> does alike, so that a caller cannot tell which it has.</summary>
public abstract class ResourcesContract : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected IResources Api { get; private set; } = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Api = await OpenAsync();

    public abstract ValueTask DisposeAsync();

    protected abstract Task<IResources> OpenAsync();

    [Fact]
    public async Task What_is_created_is_read_back_with_what_the_server_adds()
    {
        var made = await Api.CreateAsync<ConfigMap>(Objects.Map("a", "default", ("k", "v")), Cancel);

        made.Metadata.Uid.ShouldNotBeNullOrEmpty();
        made.Metadata.ResourceVersion.ShouldNotBeNullOrEmpty();
        made.Metadata.CreationTimestamp.ShouldNotBeNull();
        (await Api.GetAsync<ConfigMap>(made.Key, Cancel)).ShouldBe(made);
        (await Api.ListAsync<ConfigMap>(new() { Namespace = "default" }, Cancel)).ShouldContain(made);
    }

    [Fact]
    public async Task What_is_not_there_reads_as_null_and_fails_to_change_with_NotFound()
    {
        (await Api.GetAsync<ConfigMap>(new("default", "no"), Cancel)).ShouldBeNull();
        (await FailureOf(Api.UpdateAsync<ConfigMap>(Objects.Map("no"), Cancel))).IsNotFound.ShouldBeTrue();
        (await FailureOf(Api.UpdateStatusAsync(Objects.Deployment("no"), Cancel))).IsNotFound.ShouldBeTrue();
        var failure = await FailureOf(Api.DeleteAsync<ConfigMap>(new("default", "no"), Cancel));
        failure.IsNotFound.ShouldBeTrue();
        failure.Code.ShouldBe(404);
        failure.Message.ShouldBe("configmaps \"no\" not found");
    }

    [Fact]
    public async Task Creating_it_twice_is_AlreadyExists()
    {
        await Api.CreateAsync<ConfigMap>(Objects.Map("a"), Cancel);
        var failure = await FailureOf(Api.CreateAsync<ConfigMap>(Objects.Map("a"), Cancel));

        failure.IsAlreadyExists.ShouldBeTrue();
        failure.Message.ShouldBe("configmaps \"a\" already exists");
    }

    [Fact]
    public async Task A_generated_name_begins_as_asked_and_is_new_each_time()
    {
        var map = Objects.Map("") with { Metadata = new() { GenerateName = "gen-", Namespace = "default" } };
        var one = await Api.CreateAsync<ConfigMap>(map, Cancel);
        var two = await Api.CreateAsync<ConfigMap>(map, Cancel);

        one.Metadata.Name.ShouldStartWith("gen-");
        two.Metadata.Name.ShouldNotBe(one.Metadata.Name);
    }

    [Fact]
    public async Task An_old_version_is_a_Conflict_and_no_version_is_not()
    {
        var first = await Api.CreateAsync<ConfigMap>(Objects.Map("a"), Cancel);
        var second = await Api.UpdateAsync<ConfigMap>(first with { Data = StringMap.Of(("k", "1")) }, Cancel);
        second.Metadata.ResourceVersion.ShouldNotBe(first.Metadata.ResourceVersion);

        var failure = await FailureOf(Api.UpdateAsync<ConfigMap>(first with { Data = StringMap.Of(("k", "2")) }, Cancel));
        failure.IsConflict.ShouldBeTrue();
        failure.Message.ShouldStartWith("Operation cannot be fulfilled on configmaps \"a\":");

        var forced = await Api.UpdateAsync<ConfigMap>(Objects.Map("a", "default", ("k", "3")), Cancel);
        forced.Data["k"].ShouldBe("3");
        forced.Metadata.Uid.ShouldBe(first.Metadata.Uid);
    }

    [Fact]
    public async Task An_update_that_changes_nothing_keeps_the_version()
    {
        var made = await Api.CreateAsync<ConfigMap>(Objects.Map("a"), Cancel);
        (await Api.UpdateAsync<ConfigMap>(made, Cancel)).ShouldBe(made);
    }

    [Fact]
    public async Task Spec_and_status_are_written_apart_and_only_the_spec_counts_generations()
    {
        var made = await Api.CreateAsync<Deployment>(Objects.Deployment("web"), Cancel);
        made.Metadata.Generation.ShouldBe(1);

        var reported = (Deployment)await Api.UpdateStatusAsync(
            made with { Spec = made.Spec with { Replicas = 9 }, Status = made.Status with { Replicas = 3 } }, Cancel);
        reported.Spec.Replicas.ShouldBe(1);
        reported.Status.Replicas.ShouldBe(3);
        reported.Metadata.Generation.ShouldBe(1);

        var changed = await Api.UpdateAsync<Deployment>(
            reported with { Spec = reported.Spec with { Replicas = 2 }, Status = reported.Status with { Replicas = 0 } }, Cancel);
        changed.Spec.Replicas.ShouldBe(2);
        changed.Status.Replicas.ShouldBe(3);
        changed.Metadata.Generation.ShouldBe(2);
    }

    [Fact]
    public async Task Scaling_sets_the_replicas_whatever_the_version()
    {
        var made = await Api.CreateAsync<Deployment>(Objects.Deployment("web"), Cancel);
        await Api.ScaleAsync(Deployment.Definition, made.Key, 5, Cancel);
        await Api.ScaleAsync(Deployment.Definition, made.Key, 0, Cancel);

        var scaled = await Api.GetAsync<Deployment>(made.Key, Cancel);
        scaled!.Spec.Replicas.ShouldBe(0);
        scaled.Metadata.Generation.ShouldBe(3);
        (await FailureOf(Api.ScaleAsync(Deployment.Definition, new("default", "no"), 1, Cancel))).IsNotFound.ShouldBeTrue();
    }

    [Fact]
    public async Task Merge_and_json_patches_change_what_they_name()
    {
        var made = await Api.CreateAsync<ConfigMap>(Objects.Map("a", "default", ("k", "v"), ("gone", "x")), Cancel);
        await Api.PatchAsync(ConfigMap.Definition, made.Key, Text(PatchContentType.Merge, """{"data":{"new":"1","gone":null}}"""), Cancel);
        var patched = (ConfigMap)await Api.PatchAsync(
            ConfigMap.Definition, made.Key, Text(PatchContentType.Json, """[{"op":"replace","path":"/data/k","value":"w"}]"""), Cancel);

        patched.Data.ShouldBe(StringMap.Of(("k", "w"), ("new", "1")));
    }

    [Fact]
    public async Task Deleting_minds_the_uid_and_waits_for_finalizers()
    {
        var kept = Objects.Map("a") with { Metadata = new() { Name = "a", Namespace = "default", Finalizers = ["example.com/kept"] } };
        var made = await Api.CreateAsync<ConfigMap>(kept, Cancel);
        var wrong = new DeleteOptions { Preconditions = new() { Uid = "another" } };
        (await FailureOf(Api.DeleteAsync(ConfigMap.Definition, made.Key, wrong, Cancel))).IsConflict.ShouldBeTrue();

        await Api.DeleteAsync(ConfigMap.Definition, made.Key, new() { Preconditions = new() { Uid = made.Metadata.Uid } }, Cancel);
        var marked = await Api.GetAsync<ConfigMap>(made.Key, Cancel);
        marked!.Metadata.DeletionTimestamp.ShouldNotBeNull();
        await Api.UpdateAsync<ConfigMap>(marked with { Metadata = marked.Metadata with { Finalizers = [] } }, Cancel);

        (await Api.GetAsync<ConfigMap>(made.Key, Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task Lists_choose_by_label_and_field_and_come_in_pages()
    {
        for (var i = 0; i < 5; i++)
        {
            var map = Objects.Map($"m{i}");
            await Api.CreateAsync<ConfigMap>(map with { Metadata = map.Metadata with { Labels = StringMap.Of(("even", i % 2 == 0 ? "yes" : "no")) } }, Cancel);
        }
        var even = await Api.ListAsync<ConfigMap>(new() { Namespace = "default", LabelSelector = "even in (yes,maybe)" }, Cancel);
        even.Select(static m => m.Metadata.Name).ShouldBe(["m0", "m2", "m4"], ignoreOrder: true);
        var one = await Api.ListAsync<ConfigMap>(new() { Namespace = "default", FieldSelector = "metadata.name=m3" }, Cancel);
        one.Single().Metadata.Name.ShouldBe("m3");

        var names = new List<string>();
        var page = new ListOptions { Namespace = "default", LabelSelector = "even", Limit = 2 };
        ResourceList list;
        do
        {
            list = await Api.ListAsync(ConfigMap.Definition, page, Cancel);
            list.Items.Count.ShouldBeLessThanOrEqualTo(2);
            names.AddRange(list.Items.Select(static m => m.Metadata.Name));
            page = page with { Continue = list.Continue };
        }
        while (!string.IsNullOrEmpty(list.Continue));
        names.ShouldBe(["m0", "m1", "m2", "m3", "m4"]);
        (await FailureOf(Api.ListAsync(ConfigMap.Definition, new() { LabelSelector = "a=b=c" }, Cancel))).Code.ShouldBe(400);
    }

    [Fact]
    public async Task A_watch_from_a_list_shows_every_change_after_it_in_order()
    {
        await Api.CreateAsync<ConfigMap>(Objects.Map("before"), Cancel);
        var list = await Api.ListAsync(ConfigMap.Definition, new() { Namespace = "default" }, Cancel);
        var made = await Api.CreateAsync<ConfigMap>(Objects.Map("a"), Cancel);
        await Api.UpdateAsync<ConfigMap>(made with { Data = StringMap.Of(("k", "v")) }, Cancel);
        await using var watch = Watch(new() { Namespace = "default", ResourceVersion = list.ResourceVersion });
        await Next(watch, "Added a");
        await Next(watch, "Modified a");

        await Api.DeleteAsync<ConfigMap>(made.Key, Cancel);
        var deleted = await Next(watch, "Deleted a");
        ((ConfigMap)deleted.Object).Data["k"].ShouldBe("v");
        ResourceVersions.IsAtLeast(deleted.Object.Metadata.ResourceVersion, list.ResourceVersion).ShouldBeTrue();
    }

    [Fact]
    public async Task A_watch_without_a_version_begins_with_what_is_there()
    {
        await Api.CreateAsync<ConfigMap>(Objects.Map("a"), Cancel);
        await using var watch = Watch(new() { Namespace = "default", FieldSelector = "metadata.name=a" });
        await Next(watch, "Added a");
    }

    [Fact]
    public async Task A_watch_ends_when_it_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        await using var watch = Api.WatchAsync(ConfigMap.Definition, new() { Namespace = "default" }, stop.Token).GetAsyncEnumerator(stop.Token);
        var waiting = watch.MoveNextAsync().AsTask();
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting.WaitAsync(Patience, Cancel));
    }

    [Fact]
    public async Task What_is_not_valid_is_refused_with_its_field_and_nothing_is_stored()
    {
        var failure = await FailureOf(Api.CreateAsync<ConfigMap>(Objects.Map("Not_A_Name"), Cancel));

        failure.Code.ShouldBe(422);
        failure.Status.Reason.ShouldBe(StatusReason.Invalid);
        failure.Status.Details!.Causes.ShouldContain(static c => c.Field == "metadata.name");
        var homeless = await FailureOf(Api.CreateAsync<ConfigMap>(Objects.Map("a", ""), Cancel));
        homeless.Code.ShouldBe(422);
        homeless.Status.Details!.Causes[0].Field.ShouldBe("metadata.namespace");
    }

    [Fact]
    public async Task Informers_and_loops_keep_what_is_declared_true()
    {
        await using var informers = new InformerSet(Api, TimeProvider.System);
        var reconciler = new ChildReconciler();
        using var logs = new RecordedLogs();
        await using var host = new ControllerHost(Api, informers, [reconciler], TimeProvider.System, logs);
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var texts = new Dictionary<string, string>();
        informers.Subscribe<Configuration>(change =>
        {
            texts[change.Object.Metadata.Name] = change.New?.Status.LatestReadyRevisionName ?? "";
            if (texts.Count == 10 && texts.Values.All(static t => t == "final")) settled.TrySetResult();
        });
        await host.StartAsync(Cancel);

        for (var i = 0; i < 10; i++) await Api.CreateAsync(Declared($"c{i}", "first"), Cancel);
        for (var i = 0; i < 10; i++) await DeclareAsync($"c{i}", "final");
        await settled.Task.WaitAsync(Patience, Cancel);
        await host.StopAsync();

        var children = await Api.ListAsync<ConfigMap>(new() { Namespace = "default" }, Cancel);
        children.Where(static c => c.ControllerOwner() is not null).Select(static c => c.Data["text"]).ShouldBe(Enumerable.Repeat("final", 10));
        logs.Lines.ShouldBeEmpty();
    }

    private static Configuration Declared(string name, string text) => new()
    {
        Metadata = new() { Name = name, Namespace = "default", Annotations = StringMap.Of(("text", text)) },
        Spec = new() { Template = new() { Spec = new() { Containers = [new Container { Name = "user-container", Image = "example.com/app" }] } } },
    };

    private static Patch Text(string type, string body) => new(type, Encoding.UTF8.GetBytes(body));

    private static Task<ApiException> FailureOf(Task call) => Should.ThrowAsync<ApiException>(call);

    private IAsyncEnumerator<WatchEvent> Watch(ListOptions options) =>
        Api.WatchAsync(ConfigMap.Definition, options, Cancel).GetAsyncEnumerator(Cancel);

    private static async Task<WatchEvent> Next(IAsyncEnumerator<WatchEvent> watch, string expected)
    {
        (await watch.MoveNextAsync().AsTask().WaitAsync(Patience, Cancel)).ShouldBeTrue();
        $"{watch.Current.Type} {watch.Current.Object.Metadata.Name}".ShouldBe(expected);
        return watch.Current;
    }

    // The loop writes the same object, so the change is made on whatever version is the newest.
    private Task<Resource> DeclareAsync(string name, string text) => Api.PatchAsync(
        Configuration.Definition, new("default", name),
        Text(PatchContentType.Merge, $$$$"""{"metadata":{"annotations":{"text":"{{{{text}}}}"}}}"""), Cancel);
}
