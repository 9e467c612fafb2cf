using System.Runtime.CompilerServices;
using Kip.Resources;

namespace Kip.ApiServer.Registry;

/// <summary>An object of each kind with nothing in it: what a bookmark shows, and the status that a new object begins with.</summary>
internal static class EmptyObjects
{
    // Custom kinds come and go, and so does what was made of them.
    private static readonly ConditionalWeakTable<KindDefinition, Resource> Made = [];

    public static Resource Of(KindDefinition kind) => Made.GetValue(kind, static k => k.Read("{}"u8));
}
