using Kip.ApiServer.Storage;
using Kip.ApiServer.Storage.Feeds;
using Kip.Client;
using Kip.Resources;
using Microsoft.Extensions.Logging;

namespace Kip.ApiServer.Registry.Loops;

/// <summary>Drives a chore: everything once, then whatever changes concern; what failed again a second later.</summary>
/// <remarks>Keys are held once however often they are named, so the queue is never longer than there are objects.</remarks>
internal sealed partial class StoreLoop(IStoreLoop chore, Store store, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly HashSet<ObjectId> _waiting = [];
    private readonly Queue<ObjectId> _queue = [];
    private readonly HashSet<ObjectId> _failed = [];
    private readonly List<Change> _changes = [];

    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            var follows = chore.Follows;
            using var feed = store.Follow(follows, out var tables, out _);
            foreach (var resource in tables.SelectMany(static table => table.In(null)))
                Enqueue(chore.First(resource));
            if (!await FollowAsync(feed, follows, cancel)) return;
        }
    }

    // False when the store is closed; true when changes were missed or kinds came or went, and everything must be looked at again.
    private async Task<bool> FollowAsync(ChangeFeed feed, IReadOnlyList<KindDefinition> follows, CancellationToken cancel)
    {
        using var retry = time.CreateTimer(static state => ((ChangeFeed)state!).Wake(), feed, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        do
        {
            if (_failed.Count > 0 && _queue.Count == 0) Requeue();
            do
            {
                cancel.ThrowIfCancellationRequested();
                _changes.Clear();
                if (!feed.TryRead(_changes) || !ReferenceEquals(chore.Follows, follows)) return true;
                foreach (var change in _changes) Enqueue(chore.Concerned(change));
                if (_queue.TryDequeue(out var id)) Process(id);
            }
            while (_queue.Count > 0 || _changes.Count > 0);
            if (_failed.Count > 0) retry.Change(RetryAfter, Timeout.InfiniteTimeSpan);
        }
        while (await feed.WaitAsync(cancel));
        return false;
    }

    private void Enqueue(IEnumerable<ObjectId> ids)
    {
        foreach (var id in ids)
            if (_waiting.Add(id)) _queue.Enqueue(id);
    }

    private void Requeue()
    {
        Enqueue(_failed);
        _failed.Clear();
    }

    private void Process(ObjectId id)
    {
        _waiting.Remove(id);
        try
        {
            chore.Process(id);
        }
        catch (ApiException e) when (e.IsNotFound || e.IsConflict)
        {
            // Changed or gone meanwhile: the change itself brings the object here again.
        }
        catch (ApiException e)
        {
            _failed.Add(id);
            LogFailed(logger, chore.GetType().Name, id, e.Message);
        }
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Warning, Message = "{Chore} could not see to {Id}, and tries again soon: {Why}")]
    private static partial void LogFailed(ILogger logger, string chore, ObjectId id, string why);
}
