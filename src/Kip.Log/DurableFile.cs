using Kip.Log.Files;
using Kip.Log.Snapshots;

namespace Kip.Log;

/// <summary>A file that is replaced as a whole or not at all, and whose every byte is checked when it is read: for snapshots.</summary>
public static class DurableFile
{
    private const string Unfinished = ".unfinished";

    /// <summary>Writes a file in place of the one of that name. When it returns the new one survives a power cut; until then the old one does.</summary>
    /// <param name="write">Writes the content; if it throws, the old file stays.</param>
    /// <exception cref="LogFullException">The disk is full; the old file stays.</exception>
    /// <exception cref="LogWriteException">The disk fails; the old file stays, or, if only the last step failed, either does.</exception>
    public static void Replace(ILogFiles files, string name, Action<Stream> write)
    {
        var temporary = name + Unfinished;
        try
        {
            if (files.List().Contains(temporary))
            {
                files.Delete(temporary);
            }

            using (var file = files.Create(temporary))
            {
                using var stream = new ChunkWriter(file);
                write(stream);
                stream.Finish();
                file.Sync();
            }

            files.Rename(temporary, name);
            files.SyncNames();
        }
        catch (IOException e)
        {
            DeleteQuietly(files, temporary);
            throw DiskFull.Is(e) ? new LogFullException(files.Name, e) : new LogWriteException(files.Name, e);
        }
    }

    /// <summary>Opens a file for reading from its start to its end; null when there is none. Dispose it.</summary>
    /// <remarks>
    /// Reading throws <see cref="FileDamagedException"/> at the first piece whose checksum is wrong, so use what was read only once the
    /// end was reached.
    /// </remarks>
    /// <exception cref="LogVersionException">A newer Kip wrote it.</exception>
    /// <exception cref="FileDamagedException">It is damaged.</exception>
    public static Stream? OpenRead(ILogFiles files, string name)
    {
        if (!files.List().Contains(name))
        {
            return null;
        }

        var file = files.Open(name);
        try
        {
            return new ChunkReader(file, Path.Combine(files.Name, name));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void DeleteQuietly(ILogFiles files, string name)
    {
        try
        {
            // On a full disk the unfinished file would keep the space that others need.
            files.Delete(name);
        }
        catch (IOException)
        {
            // It is replaced by the next attempt.
        }
    }
}
