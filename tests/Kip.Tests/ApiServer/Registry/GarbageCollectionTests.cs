using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Registry;
using Shouldly;

namespace Kip.Tests.ApiServer.Registry;

public class GarbageCollectionTests
{
    private readonly TestRegistry _registry = new TestRegistry().WithLoops();

    [Fact]
    public void What_an_object_owns_goes_after_it()
    {
        var owner = _registry.Create(Objects.Map("owner"));
        var child = _registry.Create(Objects.Map("child").OwnedBy(owner));
        _registry.Create(Objects.Pod("grandchild").OwnedBy(child));
        _registry.Create(Objects.Map("other"));

        _registry.Delete<ConfigMap>("default", "owner").Removed.ShouldBeTrue();
        _registry.Settle();

        Names().ShouldBe(["other"]);
        _registry.Get<Pod>("default", "grandchild").ShouldBeNull();
    }

    [Fact]
    public void In_the_foreground_an_object_goes_after_what_blocks_it()
    {
        var owner = _registry.Create(Objects.Map("owner"));
        var child = _registry.Create(Objects.Map("child").OwnedBy(owner));
        _registry.Create(Objects.Map("grandchild").OwnedBy(child).With(static m => m with { Finalizers = ["x/hold"] }));
        _registry.Create(Objects.Map("loose").OwnedBy(owner, blocks: false));
        _registry.Settle();

        var outcome = _registry.Delete<ConfigMap>("default", "owner", new() { PropagationPolicy = PropagationPolicy.Foreground });
        _registry.Settle();

        outcome.Removed.ShouldBeFalse();
        outcome.Object.Metadata.Finalizers.ShouldBe(["foregroundDeletion"]);
        // What does not block its owner goes as well, and is not waited for.
        Names().ShouldBe(["child", "grandchild", "owner"]);
        _registry.Get<ConfigMap>("default", "child")!.Metadata.Finalizers.ShouldBe(["foregroundDeletion"]);

        var watch = _registry.Watch<ConfigMap>();
        _registry.Modify<ConfigMap>("default", "grandchild", static p => p.With(static m => m with { Finalizers = [] }));
        _registry.Settle();

        Names().ShouldBeEmpty();
        watch.Lines.Where(static l => l.StartsWith("Deleted", StringComparison.Ordinal))
            .ShouldBe(["Deleted grandchild", "Deleted child", "Deleted owner"]);
    }

    [Fact]
    public void In_the_foreground_an_object_that_owns_nothing_goes_too()
    {
        _registry.Create(Objects.Map("alone"));
        _registry.Delete<ConfigMap>("default", "alone", new() { PropagationPolicy = PropagationPolicy.Foreground });
        _registry.Settle();

        Names().ShouldBeEmpty();
    }

    [Fact]
    public void Orphans_stay_and_forget_their_owner()
    {
        var owner = _registry.Create(Objects.Map("owner"));
        _registry.Create(Objects.Map("child").OwnedBy(owner));

        _registry.Delete<ConfigMap>("default", "owner", new() { PropagationPolicy = PropagationPolicy.Orphan });
        _registry.Settle();

        Names().ShouldBe(["child"]);
        _registry.Get<ConfigMap>("default", "child")!.Metadata.OwnerReferences.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void One_owner_that_is_left_is_enough()
    {
        var (first, second) = (_registry.Create(Objects.Map("first")), _registry.Create(Objects.Map("second")));
        _registry.Create(Objects.Map("child").OwnedBy(first).OwnedBy(second));

        _registry.Delete<ConfigMap>("default", "first");
        _registry.Settle();

        _registry.Get<ConfigMap>("default", "child")!.Metadata.OwnerReferences.ShouldHaveSingleItem().Name.ShouldBe("second");
    }

    [Fact]
    public void An_owner_that_never_was_does_not_hold()
    {
        var owner = Objects.Map("nobody").With(static m => m with { Uid = "u" });
        _registry.Create(Objects.Map("child").OwnedBy(owner));
        _registry.Settle();

        Names().ShouldBeEmpty();
    }

    [Fact]
    public void An_owner_of_the_same_name_with_another_uid_is_another()
    {
        var owner = _registry.Create(Objects.Map("owner"));
        _registry.Create(Objects.Map("child").OwnedBy(owner with { Metadata = owner.Metadata with { Uid = "earlier" } }));
        _registry.Settle();

        Names().ShouldBe(["owner"]);
    }

    [Fact]
    public void An_owner_in_another_namespace_does_not_hold_and_one_without_a_namespace_does()
    {
        var space = _registry.Create(new Namespace { Metadata = new() { Name = "b" } });
        var elsewhere = _registry.Create(Objects.Map("owner", "b"));
        _registry.Create(Objects.Map("across").OwnedBy(elsewhere));
        _registry.Create(Objects.Map("below").OwnedBy(space));
        _registry.Settle();

        Names().ShouldBe(["below"]);
    }

    [Fact]
    public void An_owner_of_a_kind_that_is_not_served_holds()
    {
        _registry.Create(Objects.Map("child").With(static m => m with
        {
            OwnerReferences = [new() { ApiVersion = "example.com/v1", Kind = "Thing", Name = "t", Uid = "u" }],
        }));
        _registry.Settle();

        Names().ShouldBe(["child"]);
    }

    [Fact]
    public void What_was_left_before_the_collector_began_is_collected()
    {
        var registry = new TestRegistry();
        var owner = registry.Create(Objects.Map("owner"));
        registry.Create(Objects.Map("child").OwnedBy(owner));
        registry.Delete<ConfigMap>("default", "owner");

        registry.WithLoops();

        registry.List<ConfigMap>().Items.ShouldBeEmpty();
    }

    private IEnumerable<string> Names() => _registry.List<ConfigMap>(new() { Namespace = "default" }).Items.Select(static r => r.Metadata.Name);
}
