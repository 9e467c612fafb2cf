using Kip.ApiServer.Registry.Deletion;
using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;

namespace Kip.ApiServer.Registry.Loops;

/// <summary>Removes Events that are past their time, and the oldest ones when there are too many.</summary>
internal sealed class EventExpiry(Store store, ResourceRemover remover, TimeProvider time, ResourceRegistryOptions options)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);
    private static readonly RequestContext Context = new("system:kip:event-expiry", Durable: false);

    public async Task RunAsync(CancellationToken cancel)
    {
        using var feed = store.Follow([Event.Definition], out _, out _);
        var due = true;
        using var timer = time.CreateTimer(
            _ =>
            {
                due = true;
                feed.Wake();
            },
            null, Period, Period);
        do
        {
            cancel.ThrowIfCancellationRequested();
            // A little over the cap is let be, so that not every new Event sorts all of them.
            if (!due && store.Read(Event.Definition).Table.Count <= options.MaxEvents + (options.MaxEvents / 10)) continue;
            due = false;
            Expire();
        }
        while (await feed.WaitAsync(cancel));
    }

    private void Expire()
    {
        var events = store.Read(Event.Definition).Table.In(null).Cast<Event>().ToList();
        foreach (var old in Expired(events, time.GetUtcNow(), options.EventTimeToLive, options.MaxEvents))
            try
            {
                remover.Delete(Event.Definition, old.Key, DeleteOptions.Default, Context);
            }
            catch (ApiException)
            {
                // Gone meanwhile, or the disk is full: the next round looks again.
            }
    }

    /// <summary>The Events that are older than they may be, or too many, the oldest first.</summary>
    internal static IEnumerable<Event> Expired(IReadOnlyCollection<Event> events, DateTimeOffset now, TimeSpan timeToLive, int most)
    {
        var excess = events.Count - most;
        return events.OrderBy(LastWritten).Where((happened, index) => index < excess || now - LastWritten(happened) > timeToLive);
    }

    private static DateTimeOffset LastWritten(Event happened) => new[]
    {
        happened.Metadata.CreationTimestamp, happened.LastTimestamp, happened.EventTime,
    }.Max() ?? DateTimeOffset.MinValue;
}
