using Kip.ApiServer.Registry;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Apps;
using Kip.Resources.Core;
using Kip.Testing.Registry;
using Shouldly;

namespace Kip.Tests.ApiServer.Registry;

public class UpdateTests
{
    private readonly TestRegistry _registry = new();

    [Fact]
    public void A_changed_spec_counts_a_generation_and_a_changed_label_does_not()
    {
        var made = _registry.Create(Objects.Deployment("web"));

        var scaled = _registry.Update(made with { Spec = made.Spec with { Replicas = 5 } });
        var labelled = _registry.Update(scaled.With(static meta => meta with { Labels = StringMap.Of(("a", "b")) }));

        scaled.Metadata.Generation.ShouldBe(2);
        labelled.Metadata.Generation.ShouldBe(2);
        labelled.Metadata.Labels.Get("a").ShouldBe("b");
    }

    [Fact]
    public void The_main_update_ignores_the_status_and_the_status_update_everything_else()
    {
        var made = _registry.Create(Objects.Deployment("web"));
        var said = made with { Spec = made.Spec with { Replicas = 9 }, Status = new() { Replicas = 4 } };

        var status = _registry.Update(said.With(static m => m with { Labels = StringMap.Of(("a", "b")) }), "status");
        var main = _registry.Update(status with { Spec = said.Spec, Status = new() });

        (status.Spec.Replicas, status.Status.Replicas, status.Metadata.Generation, status.Metadata.Labels.Count).ShouldBe((1, 4, 1, 0));
        (main.Spec.Replicas, main.Status.Replicas, main.Metadata.Generation).ShouldBe((9, 4, 2));
    }

    [Fact]
    public void An_update_that_changes_nothing_keeps_the_version_and_tells_no_watcher()
    {
        var made = _registry.Create(Objects.Deployment("web"));
        var watch = _registry.Watch<Deployment>(new() { ResourceVersion = made.Metadata.ResourceVersion });

        _registry.Update(Objects.Deployment("web")).ShouldBeSameAs(made);
        _registry.Update(made, "status").ShouldBeSameAs(made);
        _registry.Settle();

        watch.Seen.ShouldBeEmpty();
        _registry.Verbs.ResourceVersion.ShouldBe(made.Metadata.ResourceVersion);
    }

    [Fact]
    public void Versions_share_the_parts_that_did_not_change()
    {
        var made = _registry.Create(Objects.Deployment("web"));

        var read = (Deployment)Deployment.Definition.Read(Deployment.Definition.Write(made)) with { Status = new() { Replicas = 1 } };
        var status = _registry.Update(read, "status");

        status.Spec.ShouldBeSameAs(made.Spec);
        status.Metadata.Labels.ShouldBe(made.Metadata.Labels);
    }

    [Fact]
    public void A_version_that_is_not_current_is_a_conflict()
    {
        var made = _registry.Create(Objects.Map("a"));
        _registry.Update(made with { Data = StringMap.Of(("k", "1")) });

        var error = Should.Throw<ApiException>(() => _registry.Update(made with { Data = StringMap.Of(("k", "2")) }));

        (error.Code, error.IsConflict).ShouldBe((409, true));
        error.Message.ShouldBe(
            "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again");
    }

    [Fact]
    public void Without_a_version_the_last_write_wins()
    {
        _registry.Create(Objects.Map("a"));

        _registry.Update(Objects.Map("a", "default", ("k", "2"))).Data.Get("k").ShouldBe("2");
    }

    [Fact]
    public void Another_uid_is_a_conflict()
    {
        var made = _registry.Create(Objects.Map("a"));

        Should.Throw<ApiException>(() => _registry.Update(made.With(static m => m with { Uid = "other", ResourceVersion = null })))
            .Message.ShouldContain("Precondition failed: UID in precondition: other, UID in object meta: " + made.Metadata.Uid);
    }

    [Fact]
    public void What_is_not_there_is_not_found() => Should.Throw<ApiException>(() => _registry.Update(Objects.Map("a"))).IsNotFound.ShouldBeTrue();

    [Fact]
    public void The_server_keeps_what_is_its_own()
    {
        var made = _registry.Create(Objects.Map("a"));

        var updated = _registry.Update(Objects.Map("a", "default", ("k", "v")).With(static m => m with { Generation = 9, GenerateName = "x-" }));

        updated.Metadata.ShouldBe(made.Metadata with { ResourceVersion = updated.Metadata.ResourceVersion });
    }

    [Fact]
    public void The_time_of_creation_cannot_be_changed()
    {
        var made = _registry.Create(Objects.Map("a", "default", ("k", "v")));

        Should.Throw<ApiException>(() => _registry.Update(
            made.With(static m => m with { CreationTimestamp = DateTimeOffset.UnixEpoch, Labels = StringMap.Of(("a", "b")) })))
            .Message.ShouldContain("metadata.creationTimestamp: Invalid value: \"1970-01-01T00:00:00Z\": field is immutable");
    }

    [Fact]
    public void A_modification_begins_again_when_it_was_overtaken()
    {
        _registry.Create(Objects.Map("a", "default", ("n", "0")));
        var calls = 0;

        var result = _registry.Modify<ConfigMap>("default", "a", present =>
        {
            // Someone else is faster the first two times.
            if (++calls <= 2) _registry.Update(present with { Data = present.Data.With($"other{calls}", "x") });
            return present with { Data = present.Data.With("mine", "y") };
        });

        calls.ShouldBe(3);
        result.Data.Keys.ShouldBe(["mine", "n", "other1", "other2"]);
    }

    [Fact]
    public void A_modification_that_names_another_version_is_a_conflict_and_not_tried_again()
    {
        _registry.Create(Objects.Map("a"));
        var calls = 0;

        Should.Throw<ApiException>(() => _registry.Modify<ConfigMap>("default", "a", present =>
        {
            calls++;
            return present.With(static m => m with { ResourceVersion = "1" });
        })).IsConflict.ShouldBeTrue();

        calls.ShouldBe(1);
    }

    [Fact]
    public async Task A_dry_run_changes_nothing()
    {
        var made = _registry.Create(Objects.Map("a"));

        var shown = await _registry.Verbs.UpdateAsync(
            made with { Data = StringMap.Of(("k", "v")) }, null, new RequestContext("u", DryRun: true), TestContext.Current.CancellationToken);

        ((ConfigMap)shown).Data.Get("k").ShouldBe("v");
        _registry.Get<ConfigMap>("default", "a").ShouldBeSameAs(made);
    }

    [Fact]
    public void What_is_immutable_stays()
    {
        var made = _registry.Create(Objects.Map("a", "default", ("k", "1")) with { Immutable = true });

        Should.Throw<ApiException>(() => _registry.Update(made with { Data = StringMap.Of(("k", "2")) }))
            .Message.ShouldContain("data: Forbidden: field is immutable when `immutable` is set");
        Should.Throw<ApiException>(() => _registry.Update(made with { Immutable = null })).Code.ShouldBe(422);
        _registry.Update(made.With(static m => m with { Labels = StringMap.Of(("a", "b")) })).Metadata.Labels.Count.ShouldBe(1);
    }

    [Fact]
    public void A_secrets_type_stays()
    {
        var made = _registry.Create(new Secret { Metadata = new() { Name = "s", Namespace = "default" } });

        Should.Throw<ApiException>(() => _registry.Update(made with { Type = "kubernetes.io/tls" })).Message.ShouldContain("type");
    }

    [Fact]
    public async Task Scaling_changes_the_replicas_whatever_the_version()
    {
        _registry.Create(Objects.Deployment("web"));

        await _registry.Resources.ScaleAsync(Deployment.Definition, new("default", "web"), 7, TestContext.Current.CancellationToken);

        var scaled = _registry.Get<Deployment>("default", "web")!;
        (scaled.Spec.Replicas, scaled.Metadata.Generation).ShouldBe((7, 2));
    }

    [Fact]
    public async Task A_patch_from_inside_is_applied()
    {
        _registry.Create(Objects.Deployment("web"));

        var patched = await _registry.Resources.PatchAsync(Deployment.Definition, new("default", "web"),
            new Patch(PatchContentType.Merge, """{"spec":{"replicas":3},"metadata":{"labels":{"a":"b"}}}"""u8.ToArray()),
            TestContext.Current.CancellationToken);

        ((Deployment)patched).Spec.Replicas.ShouldBe(3);
        patched.Metadata.Labels.Get("a").ShouldBe("b");
    }
}
