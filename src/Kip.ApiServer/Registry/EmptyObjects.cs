using System.Runtime.CompilerServices;
using Kip.Resources;

namespace Kip.ApiServer.Registry;

/// <summary>An object of each kind with nothing in it: what a bookmark shows, and the status that a new object begins with.</summary>
internal static class EmptyObjects
{
    // Custom kinds come and go, and so does what was made of them.
    private static readonly ConditionalWeakTable<KindDefinition, Resource> Made = [];

    public static Resource Of(KindDefinition kind) => Made.GetValue(kind, Make);

    // Read from nothing, a built-in kind is what its record begins with; but to read it, its serialiser would have to come into memory, and every watch
    // that nothing happens to gets a bookmark now and then.
    private static Resource Make(KindDefinition kind) =>
        kind.Format is null ? (Resource)Activator.CreateInstance(kind.ClrType)! : kind.Read("{}"u8);
}
