using Kip.ApiServer.Registry;
using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Registry;
using Kip.Tests.ApiServer.Registry;
using Shouldly;

namespace Kip.Tests.ApiServer.Storage;

public class DroppedKindTests
{
    [Fact]
    public async Task Who_reads_a_kind_only_after_it_is_gone_still_hears_its_last_changes_and_then_the_end()
    {
        var cancel = TestContext.Current.CancellationToken;
        var store = Store.InMemory(new StoreOptions(), TimeProvider.System);
        await using var registry = ResourceRegistry.Over(store, new ResourceRegistryOptions(), TimeProvider.System);
        var map = await registry.CreateAsync(Objects.Map("a"), TestRegistry.Admin, cancel);
        await using var watch = registry.Watch(ConfigMap.Definition, new ListOptions(), sendInitialEvents: true, cancel).GetAsyncEnumerator(cancel);
        (await watch.MoveNextAsync()).ShouldBeTrue();
        watch.Current.Type.ShouldBe(WatchEventType.Added);

        await registry.DeleteAsync(ConfigMap.Definition, map.Key, new DeleteOptions(), TestRegistry.Admin, cancel);
        store.Drop(ConfigMap.Definition);

        (await watch.MoveNextAsync()).ShouldBeTrue();
        watch.Current.Type.ShouldBe(WatchEventType.Deleted);
        (await watch.MoveNextAsync()).ShouldBeFalse();
    }
}
