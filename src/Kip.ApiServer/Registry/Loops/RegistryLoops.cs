using Kip.ApiServer.CustomResources;
using Kip.ApiServer.Registry.Deletion;
using Kip.ApiServer.Registry.Quotas;
using Kip.ApiServer.Storage;

namespace Kip.ApiServer.Registry.Loops;

/// <summary>The server's own loops, run together: when one ends, all end.</summary>
internal sealed class RegistryLoops(
    Store store, ResourceWriter writer, ResourceRemover remover, KindCatalog kinds, CustomAdmission custom, NamespaceLimits limits,
    TimeProvider time, ResourceRegistryOptions options)
{
    private static readonly TimeSpan UpkeepPeriod = TimeSpan.FromSeconds(15);

    public async Task RunAsync(CancellationToken cancel)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAll(
            Guard(Chore(new GarbageCollector(store, writer, remover, kinds)).RunAsync, ended),
            Guard(Chore(new NamespaceLifecycle(store, writer, remover, kinds)).RunAsync, ended),
            Guard(Chore(new DefinitionLifecycle(store, writer, remover, kinds, custom)).RunAsync, ended),
            Guard(Chore(new RoleAggregator(store, writer)).RunAsync, ended),
            Guard(Chore(new QuotaStatus(store, writer, limits, kinds)).RunAsync, ended),
            Guard(new EventExpiry(store, remover, time, options).RunAsync, ended),
            Guard(UpkeepAsync, ended));
    }

    /// <summary>Runs one more loop until cancelled.</summary>
    public async Task RunAsync(IStoreLoop chore, CancellationToken cancel)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Guard(Chore(chore).RunAsync, ended);
    }

    private StoreLoop Chore(IStoreLoop chore) => new(chore, store, time, options.Logger);

    private async Task UpkeepAsync(CancellationToken cancel)
    {
        while (true)
        {
            await Task.Delay(UpkeepPeriod, time, cancel);
            await store.UpkeepAsync(cancel);
        }
    }

    private static async Task Guard(Func<CancellationToken, Task> loop, CancellationTokenSource ended)
    {
        try
        {
            await loop(ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Asked to end.
        }
        finally
        {
            await ended.CancelAsync();
        }
    }
}
