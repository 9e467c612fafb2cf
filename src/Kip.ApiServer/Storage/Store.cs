using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kip.ApiServer.Storage.Encryption;
using Kip.ApiServer.Storage.Feeds;
using Kip.ApiServer.Storage.Journals;
using Kip.Log.Files;
using Kip.Resources;
using Microsoft.Extensions.Logging;

namespace Kip.ApiServer.Storage;

/// <summary>
/// The objects, all in memory as immutable records; one counter that versions every change; the latest changes of each kind; and a journal.
/// </summary>
/// <remarks>
/// A write names the object that it replaces and is refused when that is no longer the one stored, so rules run outside the lock. Under the
/// lock a change gets its version, is appended to the journal in that order, and shows to readers; waiting for the disk comes after.
/// </remarks>
public sealed class Store : IAsyncDisposable
{
    // More than ever wait for the disk: the log refuses changes long before.
    private const long VersionsSkippedAtOpening = 1_000_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<KindDefinition, State> _kinds = [];
    private readonly OwnerIndex _owners = new();

    // Kinds that are gone for good, for as long as somebody still holds them: who follows one has its last changes still to read.
    private readonly ConditionalWeakTable<KindDefinition, State> _dropped = [];
    private readonly StoreOptions _options;
    private readonly IJournal _journal;
    private readonly TimeProvider _time;
    private readonly long _opened;
    private long _version;
    private ulong _place;
    private bool _closed;

    [ThreadStatic]
    private static List<ChangeFeed>? s_concerned;

    internal Store(StoreImage image, IJournal journal, StoreOptions options, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.HistoryPerKind, 1);
        (_options, _journal, _time) = (options, journal, time);
        (_opened, _version, _place) = (image.Version, image.Version, image.Place);
        foreach (var (kind, table) in image.Tables)
        {
            StateOf(kind).Table = table;
            foreach (var resource in table.In(null)) _owners.Apply(null, resource);
        }
    }

    /// <summary>The version of the latest change. Only grows, also over restarts.</summary>
    public long Version
    {
        get { lock (_gate) return _version; }
    }

    /// <summary>What opening found; null for a store in memory.</summary>
    public StoreRecovery? Recovered => (_journal as LogJournal)?.Recovered;

    /// <summary>A store that keeps everything in memory.</summary>
    public static Store InMemory(StoreOptions options, TimeProvider time) => new(StoreImage.Empty, new MemoryJournal(), options, time);

    /// <summary>Opens the store in a folder, or in memory when the options name none.</summary>
    /// <param name="kindOf">The kind of an <c>apiVersion</c> and <c>kind</c>, or null.</param>
    /// <exception cref="StoreException">The folder is another process's, of a newer Kip, or damaged beyond what can be served.</exception>
    public static Store Open(StoreOptions options, TimeProvider time, Func<string, string, KindDefinition?> kindOf, ILogger logger)
    {
        if (options.Directory is null) return InMemory(options, time);
        try
        {
            return Open(new DirectoryFiles(options.Directory), options, time, kindOf, logger);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"cannot make the data folder {options.Directory}: {e.Message}", e);
        }
    }

    /// <remarks>Show nothing of it before <see cref="FlushedAsync(CancellationToken)"/>: only then is it certain that no version is given twice.</remarks>
    /// <inheritdoc cref="Open(StoreOptions, TimeProvider, Func{string, string, KindDefinition}, ILogger)"/>
    public static Store Open(
        ILogFiles files, StoreOptions options, TimeProvider time, Func<string, string, KindDefinition?> kindOf, ILogger logger)
    {
        var (image, journal, used) = StoreFolder.Open(files, options, kindOf, logger);
        if (!used) return new Store(image, journal, options, time);
        // A crash may have taken changes that were shown but not on disk. Their versions must not be given again to others, or a client
        // that saw them would take its old object for the current one. The record sees to it that the next opening goes on from here too.
        var version = image.Version + VersionsSkippedAtOpening;
        var place = journal.Append(ChangeRecord.OpeningAt(stackalloc byte[ChangeRecord.HeadBytes], version), []);
        return new Store(image with { Version = version, Place = place }, journal, options, time);
    }

    /// <summary>Reads one object. Null when there is none.</summary>
    public Resource? Get(ObjectId id)
    {
        lock (_gate) return _kinds.GetValueOrDefault(id.Kind)?.Table.Get(id.Name);
    }

    /// <summary>The objects that name an owner with this uid.</summary>
    public IReadOnlyList<ObjectId> DependentsOf(string uid)
    {
        lock (_gate) return _owners.DependentsOf(uid);
    }

    /// <summary>
    /// Replaces <paramref name="old"/> by <paramref name="new"/>: null stands for "none". Null when something else is stored now, or when
    /// the namespace's object is no longer <paramref name="space"/> (null: not looked at).
    /// </summary>
    /// <param name="new">Without a resourceVersion.</param>
    /// <param name="json"><paramref name="new"/> as it is to be journalled; empty for a removal.</param>
    /// <exception cref="Client.ApiException">The journal cannot take the change: nothing has happened.</exception>
    internal Written? TryWrite(Resource? old, Resource? @new, Resource? space, ReadOnlySpan<byte> json)
    {
        var id = ObjectId.Of(@new ?? old!);
        if (@new is null) json = ChangeRecord.RemovalBody(id);
        // Before the lock: the order of changes does not wait for it.
        var sealing = @new is not null && SecretCipher.Covers(id.Kind) ? (_journal as LogJournal)?.Cipher : null;
        if (sealing is not null) json = sealing.Seal(json);
        Written written;
        var concerned = s_concerned ??= [];
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            var state = StateOf(id.Kind);
            if (id.Kind.Format is not null) RefuseGone_NeedsLock(state, id.Kind, creates: old is null);
            if (!ReferenceEquals(state.Table.Get(id.Name), old)) return null;
            if (space is not null && !ReferenceEquals(StateOf(space.GetDefinition()).Table.Get(space.Key), space)) return null;

            var version = _version + 1;
            var stored = WithVersion(@new ?? old!, version);
            _place = _journal.Append(ChangeRecord.Head(stackalloc byte[ChangeRecord.HeadBytes], version, removal: @new is null, sealing is not null), json);
            _version = version;
            state.Apply(new Change(version, old, @new is null ? null : stored, _time.GetTimestamp()));
            state.Feeds.Tell(id.Kind, id.Name, state.History.Next - 1, concerned);
            _owners.Apply(old, @new);
            written = new Written(stored, _place);
        }
        foreach (var feed in concerned) feed.Wake();
        concerned.Clear();
        return written;
    }

    /// <summary>Completes when the change at this place, and all before it, are on disk.</summary>
    internal ValueTask FlushedAsync(ulong place, CancellationToken cancel) => _journal.FlushedAsync(place, cancel);

    /// <summary>Completes when everything written up to now is on disk.</summary>
    public ValueTask FlushedAsync(CancellationToken cancel)
    {
        ulong place;
        lock (_gate) place = _place;
        return _journal.FlushedAsync(place, cancel);
    }

    /// <summary>All objects of a kind as they are now, and the version of now.</summary>
    internal (KindTable Table, long Version) Read(KindDefinition kind)
    {
        lock (_gate) return (_kinds.GetValueOrDefault(kind)?.Table ?? KindTable.Empty, _version);
    }

    /// <summary>All objects of a kind as they were at an earlier version. Null when that is forgotten, or still to come.</summary>
    internal KindTable? ReadAt(KindDefinition kind, long version)
    {
        KindTable table;
        var since = new List<Change>();
        lock (_gate)
        {
            var state = StateOf(kind);
            if (version > _version || !state.History.TryFind(version, out var from)) return null;
            table = state.Table;
            state.History.Read(from, int.MaxValue, since);
        }
        return table.Undo(CollectionsMarshal.AsSpan(since));
    }

    /// <summary>Begins to follow kinds from now on; <paramref name="tables"/> are the objects of this very moment.</summary>
    internal ChangeFeed Follow(IReadOnlyList<KindDefinition> kinds, out KindTable[] tables, out long version, FeedScope scope = default)
    {
        lock (_gate)
        {
            tables = [.. kinds.Select(kind => StateOf(kind).Table)];
            version = _version;
            return Attach_NeedsLock(kinds, scope);
        }
    }

    /// <summary>Begins to follow a kind after a version. Null when the changes since are no longer known.</summary>
    internal ChangeFeed? FollowAfter(KindDefinition kind, long version, FeedScope scope = default)
    {
        lock (_gate)
        {
            var history = StateOf(kind).History;
            if (!history.TryFind(version, out var position)) return null;
            var feed = Attach_NeedsLock([kind], scope);
            if (position < history.Next) feed.Note_NeedsLock(kind, position);
            return feed;
        }
    }

    /// <summary>Whether the changes after a version are still known.</summary>
    internal bool Remembers(KindDefinition kind, long version)
    {
        lock (_gate) return StateOf(kind).History.TryFind(version, out _);
    }

    /// <param name="alone">Whether the reader follows no other kind: then it has the last changes of one that is gone, too, before it ends.</param>
    internal bool ReadHistory(KindDefinition kind, bool alone, ref long position, int limit, List<Change> into)
    {
        lock (_gate)
            return (_kinds.TryGetValue(kind, out var state) || (alone && _dropped.TryGetValue(kind, out state)))
                && ChangeFeed.Read_NeedsLock(state.History, ref position, limit, into);
    }

    internal void Unfollow(ChangeFeed feed, IReadOnlyList<KindDefinition> kinds)
    {
        lock (_gate)
            foreach (var kind in kinds)
                if (_kinds.TryGetValue(kind, out var state)) state.Feeds.Remove(feed);
    }

    /// <summary>Everything as it is now; costs nothing, since tables are immutable.</summary>
    internal StoreImage Capture()
    {
        lock (_gate) return new StoreImage(_version, _place, _kinds.ToDictionary(static k => k.Key, static k => k.Value.Table));
    }

    /// <summary>Forgets changes older than <see cref="StoreOptions.HistoryAge"/>, so that an idle store holds no old objects.</summary>
    private void TrimHistory()
    {
        var oldest = _time.GetTimestamp() - (long)(_options.HistoryAge.TotalSeconds * _time.TimestampFrequency);
        lock (_gate)
            foreach (var state in _kinds.Values) state.History.DropBefore(oldest);
    }

    /// <summary>What is due now and then: old history is forgotten, and a snapshot taken when the log has grown.</summary>
    internal ValueTask UpkeepAsync(CancellationToken cancel)
    {
        TrimHistory();
        return _journal.UpkeepAsync(Capture, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        List<ChangeFeed> feeds;
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
            feeds = [.. _kinds.Values.SelectMany(static state => state.Feeds.All)];
        }
        foreach (var feed in feeds) feed.Close();
        await _journal.DisposeAsync();
    }

    private ChangeFeed Attach_NeedsLock(IReadOnlyList<KindDefinition> kinds, FeedScope scope)
    {
        var feed = new ChangeFeed(this, [.. kinds], scope);
        foreach (var kind in kinds) StateOf(kind).Feeds.Add(feed);
        if (_closed || kinds.All(kind => _dropped.TryGetValue(kind, out _))) feed.Close();
        return feed;
    }

    private State StateOf(KindDefinition kind)
    {
        if (_kinds.TryGetValue(kind, out var state)) return state;
        return _kinds[kind] = new State(new ChangeHistory(_options.HistoryPerKind, _opened));
    }

    /// <summary>Reads all objects of a kind as they are now without the lock: for one who asks at every request.</summary>
    internal Func<KindTable> Live(KindDefinition kind)
    {
        lock (_gate)
        {
            var state = StateOf(kind);
            return () => state.Table;
        }
    }

    /// <summary>Refuses new objects of a kind from now on: it is about to go.</summary>
    internal void Seal(KindDefinition kind)
    {
        lock (_gate) StateOf(kind).Sealed = true;
    }

    /// <summary>Forgets a kind that has no objects any more; what follows it alone ends.</summary>
    internal void Drop(KindDefinition kind)
    {
        List<ChangeFeed> feeds;
        lock (_gate)
        {
            var state = StateOf(kind);
            _kinds.Remove(kind);
            _dropped.AddOrUpdate(kind, state);
            feeds = [.. state.Feeds.All];
        }
        foreach (var feed in feeds) feed.CloseIfAlone(kind);
    }

    /// <summary>Gives the objects of one kind to another, before anybody has seen them; nothing is journalled.</summary>
    internal void Rebind(KindDefinition from, KindDefinition to, Func<Resource, Resource> convert)
    {
        lock (_gate)
        {
            if (!_kinds.Remove(from, out var state)) return;
            foreach (var old in state.Table.In(null))
            {
                var bound = convert(old);
                _owners.Apply(old, null);
                _owners.Apply(null, bound);
                StateOf(to).Table = StateOf(to).Table.With(bound);
            }
        }
    }

    private void RefuseGone_NeedsLock(State state, KindDefinition kind, bool creates)
    {
        if (_dropped.TryGetValue(kind, out _))
        {
            _kinds.Remove(kind);
            throw Client.ApiException.Of(404, StatusReason.NotFound, "the server could not find the requested resource");
        }
        if (creates && state.Sealed)
            throw Client.ApiException.Of(405, StatusReason.MethodNotAllowed, "create not allowed while custom resource definition is terminating");
    }

    private static Resource WithVersion(Resource resource, long version) => resource with
    {
        Metadata = resource.Metadata with { ResourceVersion = version.ToString(CultureInfo.InvariantCulture) },
    };

    private sealed class State(ChangeHistory history)
    {
        private volatile KindTable _table = KindTable.Empty;

        public ChangeHistory History { get; } = history;

        public KindTable Table { get => _table; set => _table = value; }

        /// <summary>Whether new objects are refused.</summary>
        public bool Sealed { get; set; }

        public KindFeeds Feeds { get; } = new();

        public void Apply(in Change change)
        {
            Table = change.New is { } stored ? Table.With(stored) : Table.Without(change.Old!.Key);
            History.Add(change);
        }
    }
}

/// <summary>A change that was made.</summary>
/// <param name="Object">As it is stored; of a removed object its last state, at the version of the removal.</param>
/// <param name="Place">Where it is in the journal.</param>
internal readonly record struct Written(Resource Object, ulong Place);
