using Kip.ApiServer.Registry;
using Kip.Resources;
using Kip.Rules.Access.Defaults;

namespace Kip.ApiServer.Security.Authorization;

/// <summary>Makes the roles and bindings that every platform has, and puts back what somebody took out of them.</summary>
internal static class AccessBootstrap
{
    public static async Task RunAsync(ResourceRegistry registry, CancellationToken cancel)
    {
        foreach (var role in DefaultAccess.Roles) await EnsureAsync(registry, role, DefaultAccess.Mended, cancel);
        foreach (var binding in DefaultAccess.Bindings) await EnsureAsync(registry, binding, DefaultAccess.Mended, cancel);
    }

    private static async Task EnsureAsync<T>(ResourceRegistry registry, T wanted, Func<T, T, T> mended, CancellationToken cancel) where T : Resource
    {
        if (registry.Get(wanted.GetDefinition(), wanted.Key) is not T stored)
            await registry.CreateAsync(wanted, RequestContext.System, cancel);
        else if (!ReferenceEquals(mended(stored, wanted), stored))
            await registry.ModifyAsync(wanted.GetDefinition(), wanted.Key, null, present => mended((T)present, wanted), RequestContext.System, cancel);
    }
}
