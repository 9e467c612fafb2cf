using System.Collections.Concurrent;
using Kip.Resources;

namespace Kip.ApiServer.Registry;

/// <summary>An object of each kind with nothing in it: what a bookmark shows, and the status that a new object begins with.</summary>
internal static class EmptyObjects
{
    private static readonly ConcurrentDictionary<KindDefinition, Resource> Made = new();

    public static Resource Of(KindDefinition kind) => Made.GetOrAdd(kind, static k => k.Read("{}"u8));
}
