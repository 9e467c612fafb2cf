using Kip.Log;
using Kip.Log.Files;

namespace Kip.ApiServer.Storage.Encryption;

/// <summary>Turns a folder with secrets in the clear into one where they are encrypted, and leaves nothing readable behind.</summary>
internal static class Migration
{
    /// <summary>Writes everything down anew and removes what was there. After a crash at any step the old or the new is whole, and it is begun again.</summary>
    /// <param name="log">The open log; closed here.</param>
    /// <param name="image">All that the folder holds.</param>
    public static void Run(ILogFiles files, DurableLog log, LogOptions options, StoreImage image, SecretCipher cipher)
    {
        Close(log);
        if (image.Place == 0) return;
        SnapshotFile.Write(files, image, cipher);
        // With so small a limit the next record begins a segment of its own, and all before it can go.
        var fresh = DurableLog.Open(files, options with { SegmentBytes = 1 });
        try
        {
            var place = fresh.Append(ChangeRecord.OpeningAt(stackalloc byte[ChangeRecord.HeadBytes], image.Version));
            fresh.FlushedAsync(place).AsTask().GetAwaiter().GetResult();
            foreach (var old in SnapshotFile.List(files).Where(other => other != image.Place)) SnapshotFile.Delete(files, old);
            fresh.TruncateFront(place);
        }
        finally
        {
            Close(fresh);
        }
    }

    private static void Close(DurableLog log) => log.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
