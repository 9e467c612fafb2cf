using Kip.Client;
using Kip.Resources;

namespace Kip.Testing.Scaling;

/// <summary>The API behind a wire: every write takes a moment before and after it is done.</summary>
public sealed class SlowResources(IResources inner, TimeProvider time, Func<TimeSpan> delay) : ResourcesDecorator(inner)
{
    public override async Task<Resource> CreateAsync(Resource resource, CancellationToken cancel)
    {
        await PauseAsync();
        var stored = await base.CreateAsync(resource, cancel);
        await PauseAsync();
        return stored;
    }

    public override async Task<Resource> UpdateStatusAsync(Resource resource, CancellationToken cancel)
    {
        await PauseAsync();
        var stored = await base.UpdateStatusAsync(resource, cancel);
        await PauseAsync();
        return stored;
    }

    public override async Task ScaleAsync(KindDefinition kind, NamespacedName name, int replicas, CancellationToken cancel)
    {
        await PauseAsync();
        await base.ScaleAsync(kind, name, replicas, cancel);
        await PauseAsync();
    }

    private Task PauseAsync() => Task.Delay(delay(), time);
}
