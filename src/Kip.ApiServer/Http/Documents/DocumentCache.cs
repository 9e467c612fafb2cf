using System.Collections.Concurrent;
using Kip.ApiServer.Registry;

namespace Kip.ApiServer.Http.Documents;

/// <summary>Documents about the kinds that are served, kept until a kind comes, goes or changes.</summary>
internal sealed class DocumentCache<TKey>(KindCatalog kinds) where TKey : notnull
{
    private volatile Generation? _latest;

    /// <summary>The documents about the kinds of now. Whoever makes one keeps it in what this returned, which by then may be of the past.</summary>
    public ConcurrentDictionary<TKey, Document> Now
    {
        get
        {
            var (latest, now) = (_latest, kinds.Now);
            if (ReferenceEquals(latest?.Kinds, now)) return latest!.Documents;
            var fresh = new Generation(now, new());
            _latest = fresh;
            return fresh.Documents;
        }
    }

    private sealed record Generation(KindSnapshot Kinds, ConcurrentDictionary<TKey, Document> Documents);
}
