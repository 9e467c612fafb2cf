using Kip.ApiServer.Registry;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Shouldly;

namespace Kip.Tests.Quotas;

public class QuotaRegistryTests
{
    private static ConfigMap MapOf(int number) => new() { Metadata = new ObjectMeta { Name = $"m{number}", Namespace = "default" } };

    [Fact]
    public async Task Of_many_that_want_the_last_room_only_as_many_get_it_as_there_is_and_the_status_follows()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var registry = ResourceRegistry.InMemory(TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var loops = registry.RunAsync(stop.Token);
        var resources = new EmbeddedResources(registry);
        await resources.CreateAsync<ResourceQuota>(new ResourceQuota
        {
            Metadata = new ObjectMeta { Name = "few", Namespace = "default" }, Spec = new ResourceQuotaSpec { Hard = StringMap.Of(("configmaps", "5")) },
        }, cancel);

        var taken = 0;
        await Parallel.ForAsync(0, 40, cancel, async (number, c) =>
        {
            try
            {
                await resources.CreateAsync<ConfigMap>(MapOf(number), c);
                Interlocked.Increment(ref taken);
            }
            catch (ApiException e) when (e.Code == 403)
            {
                e.Message.ShouldContain("exceeded quota: few, requested: configmaps=1, used: configmaps=5, limited: configmaps=5");
            }
        });
        taken.ShouldBe(5);
        await UsedAsync("5");

        var one = (await resources.ListAsync<ConfigMap>(new ListOptions { Namespace = "default" }, cancel))[0];
        await resources.DeleteAsync(ConfigMap.Definition, one.Key, DeleteOptions.Default, cancel);
        await UsedAsync("4");
        await resources.CreateAsync<ConfigMap>(MapOf(99), cancel);
        await stop.CancelAsync();
        await loops;

        async Task UsedAsync(string used)
        {
            var key = new NamespacedName("default", "few");
            await foreach (var change in registry.Watch(ResourceQuota.Definition, ListOptions.All, sendInitialEvents: true, cancel))
                if (change.Object is ResourceQuota quota && quota.Key == key && quota.Status.Used.Get("configmaps") == used) return;
        }
    }

    [Fact]
    public async Task A_pod_outside_the_range_is_refused_and_one_that_says_nothing_is_filled_in()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var registry = ResourceRegistry.InMemory(TimeProvider.System);
        var resources = new EmbeddedResources(registry);
        await resources.CreateAsync<LimitRange>(new LimitRange
        {
            Metadata = new ObjectMeta { Name = "range", Namespace = "default" },
            Spec = new LimitRangeSpec { Limits = [new LimitRangeItem { Type = "Container", Max = StringMap.Of(("memory", "1Gi")) }] },
        }, cancel);
        Pod Of(string name, StringMap limits) => new()
        {
            Metadata = new ObjectMeta { Name = name, Namespace = "default" },
            Spec = new PodSpec { Containers = [new Container { Name = "app", Image = "x", Resources = new ResourceRequirements { Limits = limits } }] },
        };

        (await resources.CreateAsync<Pod>(Of("plain", default), cancel)).Spec.Containers[0].Resources!.Limits["memory"].ShouldBe("1Gi");
        var refused = await Should.ThrowAsync<ApiException>(() => resources.CreateAsync<Pod>(Of("large", StringMap.Of(("memory", "2Gi"))), cancel));
        refused.Code.ShouldBe(403);
        refused.Message.ShouldContain("pods \"large\" is forbidden: [maximum memory usage per Container is 1Gi, but limit is 2Gi");
    }
}
