using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Registry;
using Shouldly;

namespace Kip.Tests.ApiServer.Registry;

public class NamespaceTests
{
    private readonly TestRegistry _registry = new TestRegistry().WithLoops();

    [Fact]
    public void The_servers_own_namespaces_are_there()
    {
        _registry.List<Namespace>().Items.Select(static n => n.Metadata.Name).ShouldBe(["default", "knative-eventing", "knative-serving", "kube-system"]);
    }

    [Fact]
    public void A_new_namespace_is_active_named_by_a_label_and_has_an_account()
    {
        var made = _registry.Create(new Namespace { Metadata = new() { Name = "a" } });
        _registry.Settle();

        made.Status.Phase.ShouldBe("Active");
        made.Spec.Finalizers.ShouldBe(["kubernetes"]);
        made.Metadata.Labels.Get("kubernetes.io/metadata.name").ShouldBe("a");
        _registry.Get<ServiceAccount>("a", "default").ShouldNotBeNull();
    }

    [Fact]
    public void The_account_is_made_again_when_deleted()
    {
        _registry.Delete<ServiceAccount>("default", "default");
        _registry.Settle();

        _registry.Get<ServiceAccount>("default", "default").ShouldNotBeNull();
    }

    [Fact]
    public void An_update_does_not_take_away_what_holds_it()
    {
        var made = _registry.Create(new Namespace { Metadata = new() { Name = "a" } });

        var updated = _registry.Update(made.With(static m => m with { Labels = StringMap.Of(("x", "y")) }) with { Spec = new() });

        updated.Spec.Finalizers.ShouldBe(["kubernetes"]);
        updated.Metadata.Labels.ShouldBe(StringMap.Of(("x", "y"), ("kubernetes.io/metadata.name", "a")));
    }

    [Fact]
    public void A_deleted_namespace_empties_itself_and_then_goes()
    {
        _registry.Create(new Namespace { Metadata = new() { Name = "a" } });
        _registry.Create(Objects.Map("m", "a"));
        _registry.Create(Objects.Map("held", "a").With(static m => m with { Finalizers = ["x/hold"] }));
        _registry.Settle();

        var outcome = _registry.Delete<Namespace>("", "a");
        ((Namespace)outcome.Object).Status.Phase.ShouldBe("Terminating");
        _registry.Settle();
        _registry.List<ConfigMap>(new() { Namespace = "a" }).Items.Select(static m => m.Metadata.Name).ShouldBe(["held"]);

        var error = Should.Throw<ApiException>(() => _registry.Create(Objects.Map("late", "a")));
        (error.Code, error.Status.Reason).ShouldBe((403, StatusReason.Forbidden));
        error.Message.ShouldBe("configmaps \"late\" is forbidden: unable to create new content in namespace a because it is being terminated");
        error.Status.Details!.Causes.ShouldHaveSingleItem().Reason.ShouldBe("NamespaceTerminating");

        _registry.Modify<ConfigMap>("a", "held", static p => p.With(static m => m with { Finalizers = [] }));
        _registry.Settle();
        _registry.Get<Namespace>("", "a").ShouldBeNull();
    }

    [Fact]
    public void A_namespace_waits_for_its_pods_to_end()
    {
        _registry.Create(new Namespace { Metadata = new() { Name = "a" } });
        _registry.Create(Objects.Pod("p", "kip").With(static m => m with { Namespace = "a" }));

        _registry.Delete<Namespace>("", "a");
        _registry.Settle();
        _registry.Get<Pod>("a", "p")!.Metadata.DeletionTimestamp.ShouldNotBeNull();
        _registry.Get<Namespace>("", "a").ShouldNotBeNull();

        _registry.Delete<Pod>("a", "p", new() { GracePeriodSeconds = 0 });
        _registry.Settle();
        _registry.Get<Namespace>("", "a").ShouldBeNull();
    }

    [Theory]
    [InlineData("default")]
    [InlineData("kube-system")]
    public void Some_namespaces_stay(string name) =>
        Should.Throw<ApiException>(() => _registry.Delete<Namespace>("", name)).Message.ShouldBe(
            $"namespaces \"{name}\" is forbidden: this namespace may not be deleted");
}
