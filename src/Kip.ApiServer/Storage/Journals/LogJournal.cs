using Kip.Client;
using Kip.ApiServer.Storage.Encryption;
using Kip.Log;
using Kip.Log.Files;
using Kip.Resources;
using Microsoft.Extensions.Logging;

namespace Kip.ApiServer.Storage.Journals;

/// <summary>Writes changes to a durable log, and a snapshot now and then, so that neither the folder nor start-up grows with history.</summary>
internal sealed partial class LogJournal(
    ILogFiles files, DurableLog log, StoreOptions options, SecretCipher? cipher, int behindSnapshot, ILogger logger) : IJournal
{
    // The one before is kept with the log behind it, for the case that the newest is damaged.
    private const int Snapshots = 2;

    private long _behind = behindSnapshot;

    public required StoreRecovery Recovered { get; init; }

    public ulong Append(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        try
        {
            var place = log.Append(head, body);
            Interlocked.Increment(ref _behind);
            return place;
        }
        catch (LogException e)
        {
            throw Refused(e, "nothing was stored");
        }
    }

    public ValueTask FlushedAsync(ulong place, CancellationToken cancel)
    {
        var flushed = log.FlushedAsync(place, cancel);
        return flushed.IsCompletedSuccessfully ? flushed : WaitAsync(flushed);

        static async ValueTask WaitAsync(ValueTask flushed)
        {
            try
            {
                await flushed;
            }
            catch (LogException e)
            {
                throw Refused(e, "the change is kept in memory and is lost if kip stops before it could be written");
            }
        }
    }

    public async ValueTask UpkeepAsync(Func<StoreImage> capture, CancellationToken cancel)
    {
        var behind = Interlocked.Read(ref _behind);
        if (behind < options.SnapshotAfter) return;
        var image = capture();
        if (behind < 2L * image.Count) return;
        try
        {
            // A snapshot ahead of the log would hide the records that take the lost ones' places after a crash.
            await log.FlushedAsync(image.Place, cancel);
            SnapshotFile.Write(files, image, cipher);
            Interlocked.Add(ref _behind, -behind);
            Clean();
            LogSnapshot(logger, files.Name, image.Place, image.Count);
        }
        catch (Exception e) when (e is LogException or IOException)
        {
            LogFailed(logger, files.Name, e.Message);
        }
    }

    /// <summary>Encrypts what must not be readable on disk; null: nothing is encrypted.</summary>
    public SecretCipher? Cipher => cipher;

    public async ValueTask DisposeAsync()
    {
        await log.DisposeAsync();
        cipher?.Dispose();
    }

    private void Clean()
    {
        var places = SnapshotFile.List(files);
        foreach (var old in places.Skip(Snapshots)) SnapshotFile.Delete(files, old);
        // Until there are two snapshots, the whole log stands in for the second.
        if (places.Count >= Snapshots) log.TruncateFront(places[Snapshots - 1] + 1);
    }

    private static ApiException Refused(LogException failure, string outcome) => new(new Status
    {
        State = "Failure",
        Code = failure is LogFullException ? 507 : failure is RecordTooLargeException ? 413 : 503,
        Reason = failure is LogFullException ? "InsufficientStorage"
            : failure is RecordTooLargeException ? StatusReason.RequestEntityTooLarge
            : StatusReason.ServiceUnavailable,
        Message = $"{failure.Message}; {outcome}",
        Details = failure is LogFullException or RecordTooLargeException ? null : new StatusDetails { RetryAfterSeconds = 1 },
    });

    [LoggerMessage(EventId = 3011, Level = LogLevel.Information, Message = "{Folder}: snapshot of record {Place}, {Objects} objects")]
    private static partial void LogSnapshot(ILogger logger, string folder, ulong place, int objects);

    [LoggerMessage(EventId = 3012, Level = LogLevel.Warning, Message = "{Folder}: no snapshot could be taken, it is tried again soon: {Why}")]
    private static partial void LogFailed(ILogger logger, string folder, string why);
}
