using Kip.Resources;

namespace Kip.ApiServer.Storage;

/// <summary>Everything that was stored at one version: what a snapshot holds and what a store begins with.</summary>
/// <param name="Version">The version of the latest change in it.</param>
/// <param name="Place">The journal's place of that change; the changes behind it are to be applied on top.</param>
internal sealed record StoreImage(long Version, ulong Place, IReadOnlyDictionary<KindDefinition, KindTable> Tables)
{
    public static readonly StoreImage Empty = new(1, 0, new Dictionary<KindDefinition, KindTable>());

    public int Count => Tables.Values.Sum(static table => table.Count);
}
