using System.Collections.Concurrent;
using Kip.ApiServer.Storage;
using Kip.Resources;

namespace Kip.ApiServer.Http.Verbs;

/// <summary>The texts of objects that were listed lately: the next list copies them, and writes anew only what has changed.</summary>
/// <remarks>
/// What no list has asked for in a while goes, so that objects nobody lists cost nothing. When there is no room, lists write as if there
/// were no texts. Objects never change, so a text is right as long as it is asked for with the object that it was made of.
/// </remarks>
/// <param name="mostBytes">How much is kept at most.</param>
internal sealed class ListedTexts(TimeProvider time, long mostBytes = ListedTexts.MostBytes)
{
    private const long MostBytes = 32 << 20;
    private const int LargestText = 256 * 1024;

    // What an entry takes beside its text.
    private const int EntryBytes = 200;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<ObjectId, Entry> _entries = new();
    private readonly Lock _sweeping = new();
    private ITimer? _sweep;
    private bool _isDue;
    private long _bytes;

    /// <summary>How much is kept now, in bytes.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The text of an object in the version that is served.</summary>
    public byte[] Of(KindDefinition served, Resource resource)
    {
        var id = new ObjectId(served, resource.Key);
        if (_entries.TryGetValue(id, out var known) && ReferenceEquals(known.Resource, resource))
        {
            known.IsWanted = true;
            return known.Json;
        }
        var json = ObjectText.Of(served, resource);
        if (json.Length <= LargestText) Keep(id, known, new Entry(resource, json));
        return json;
    }

    private void Keep(ObjectId id, Entry? known, Entry entry)
    {
        var more = entry.Bytes - (known?.Bytes ?? 0);
        if (Interlocked.Add(ref _bytes, more) > mostBytes || !(known is null ? _entries.TryAdd(id, entry) : _entries.TryUpdate(id, entry, known)))
        {
            Interlocked.Add(ref _bytes, -more);
            return;
        }
        lock (_sweeping)
        {
            if (_isDue) return;
            _isDue = true;
            _sweep ??= time.CreateTimer(_ => Sweep(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _sweep.Change(Period, Timeout.InfiniteTimeSpan);
        }
    }

    private void Sweep()
    {
        foreach (var (id, entry) in _entries)
        {
            if (entry.IsWanted) entry.IsWanted = false;
            else if (_entries.TryRemove(KeyValuePair.Create(id, entry))) Interlocked.Add(ref _bytes, -entry.Bytes);
        }
        lock (_sweeping)
        {
            // Whoever adds an entry looks here afterwards, so none is forgotten.
            _isDue = !_entries.IsEmpty;
            if (_isDue) _sweep!.Change(Period, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class Entry(Resource resource, byte[] json)
    {
        public Resource Resource => resource;

        public byte[] Json => json;

        public int Bytes => json.Length + EntryBytes;

        public bool IsWanted { get; set; } = true;
    }
}
