using Kip.ApiServer.Storage.Encryption;
using Kip.ApiServer.Storage.Journals;
using Kip.Log;
using Kip.Log.Files;
using Kip.Resources;
using Microsoft.Extensions.Logging;

namespace Kip.ApiServer.Storage;

/// <summary>A store's folder: the format's version, the log, the snapshots. Opening reads the newest good snapshot and the log behind it.</summary>
internal static partial class StoreFolder
{
    /// <summary>The version of what records and snapshots hold. A folder of a later one is refused.</summary>
    public const int Format = 2;

    // Of a folder whose Secrets are not encrypted: what all were before, and those without a key still are.
    private const int PlainFormat = 1;

    private const string FormatFile = "format";

    /// <exception cref="StoreException">The folder is another process's, of a newer Kip, or damaged beyond what can be served.</exception>
    /// <returns><c>Used</c>: the folder was opened before, so changes may have been shown that a crash then took.</returns>
    public static (StoreImage Image, LogJournal Journal, bool Used) Open(
        ILogFiles files, StoreOptions options, Func<string, string, KindDefinition?> kindOf, ILogger logger)
    {
        try
        {
            // Looked at before the log is opened, since opening may repair what it finds.
            var format = ReadFormat(files);
            var logOptions = options.Log with { Logger = logger };
            var log = DurableLog.Open(files, logOptions);
            SecretCipher? cipher = null;
            try
            {
                cipher = SecretCipher.Open(files, options.KeyFile);
                if (format == 0) WriteFormat(files, cipher is null ? PlainFormat : Format);
                var (image, recovery) = Read(files, log, cipher, kindOf, logger);
                if (cipher is not null && format == PlainFormat)
                {
                    Migration.Run(files, log, logOptions, image, cipher);
                    WriteFormat(files, Format);
                    LogEncrypted(logger, files.Name);
                    log = DurableLog.Open(files, logOptions);
                    image = image with { Place = log.LastSequence };
                }
                return (image, new LogJournal(files, log, options, cipher, recovery.Replayed, logger) { Recovered = recovery }, format > 0);
            }
            catch
            {
                log.DisposeAsync().AsTask().GetAwaiter().GetResult();
                cipher?.Dispose();
                throw;
            }
        }
        catch (LogException e)
        {
            throw new StoreException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"cannot open the data folder {files.Name}: {e.Message}", e);
        }
    }

    private static (StoreImage, StoreRecovery) Read(
        ILogFiles files, DurableLog log, SecretCipher? cipher, Func<string, string, KindDefinition?> kindOf, ILogger logger)
    {
        var snapshot = ReadSnapshot(files, cipher, kindOf, logger);
        if (log.FirstSequence > snapshot.Place + 1)
            throw new StoreException(
                $"{files.Name} is damaged: the log begins at record {log.FirstSequence}, and no readable snapshot reaches up to it: restore a backup");
        if (log.LastSequence < snapshot.Place)
            throw new StoreException(
                $"{files.Name} is damaged: the log ends at record {log.LastSequence}, before the snapshot of record {snapshot.Place}: restore a backup");

        var image = new ImageBuilder(snapshot);
        using var reader = log.Read(snapshot.Place + 1);
        var replayed = 0;
        for (; reader.TryRead(out var record); replayed++)
        {
            image.Apply(record.Payload.Span, kindOf, cipher);
            image.Place = record.Sequence;
        }
        image.Place = log.LastSequence;
        var built = image.Build();
        LogOpened(logger, files.Name, built.Count, snapshot.Count, replayed);
        if (log.Damaged.Length > 0) LogDamage(logger, files.Name, string.Join("; ", log.Damaged));
        return (built, new StoreRecovery(built.Count, snapshot.Place, replayed, log.Recovered.TornBytes, log.Damaged));
    }

    private static StoreImage ReadSnapshot(ILogFiles files, SecretCipher? cipher, Func<string, string, KindDefinition?> kindOf, ILogger logger)
    {
        foreach (var place in SnapshotFile.List(files))
            try
            {
                return SnapshotFile.Read(files, place, kindOf, cipher);
            }
            catch (Exception e) when (e is FileDamagedException or EndOfStreamException)
            {
                LogSkipped(logger, files.Name, place, e.Message);
            }
        return StoreImage.Empty;
    }

    // Zero: a new folder. Nothing is touched before the format is known to be ours.
    private static int ReadFormat(ILogFiles files)
    {
        using var stream = DurableFile.OpenRead(files, FormatFile);
        if (stream is null) return 0;
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd().Trim();
        if (!int.TryParse(text, out var format)) throw new StoreException($"{files.Name} is not a data folder of kip: its format is \"{text}\"");
        if (format > Format)
            throw new StoreException(
                $"{files.Name} was written by a newer kip (format {format}, this kip knows up to {Format}): use that kip, or another folder; nothing "
                + "was changed");
        return format;
    }

    private static void WriteFormat(ILogFiles files, int format) => DurableFile.Replace(files, FormatFile, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        writer.WriteLine(format);
    });

    [LoggerMessage(
        EventId = 3004, Level = LogLevel.Information,
        Message = "{Folder}: the secrets are encrypted from now on, and what held them in the clear is removed")]
    private static partial void LogEncrypted(ILogger logger, string folder);

    [LoggerMessage(
        EventId = 3001, Level = LogLevel.Information,
        Message = "{Folder}: {Objects} objects, {FromSnapshot} from the snapshot and {Replayed} changes after it")]
    private static partial void LogOpened(ILogger logger, string folder, int objects, int fromSnapshot, int replayed);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Error, Message = "{Folder}: snapshot {Place} cannot be read, the one before is used: {Why}")]
    private static partial void LogSkipped(ILogger logger, string folder, ulong place, string why);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Error, Message = "{Folder}: changes are lost to damage, objects may be older than they were: {Ranges}")]
    private static partial void LogDamage(ILogger logger, string folder, string ranges);
}
