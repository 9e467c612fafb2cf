using Kip.ApiServer.Registry;
using Kip.Client;

namespace Kip.Tests.Client.Contract;

/// <summary>The contract, in process over the store in memory.</summary>
public sealed class EmbeddedResourcesTests : ResourcesContract
{
    private readonly ResourceRegistry _registry = ResourceRegistry.InMemory(TimeProvider.System);

    public override ValueTask DisposeAsync() => _registry.DisposeAsync();

    protected override Task<IResources> OpenAsync() => Task.FromResult<IResources>(new EmbeddedResources(_registry));
}
