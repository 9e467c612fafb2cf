using System.Globalization;

namespace Kip.Log;

/// <summary>Something a log refuses or cannot do; its kinds say what.</summary>
public abstract class LogException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The disk has no space. What was acknowledged is safe; appending works again once there is space.</summary>
public sealed class LogFullException(string folder, Exception cause)
    : LogException($"the disk that holds {folder} is full: free some space; what was acknowledged is safe, and writing goes on by itself", cause);

/// <summary>The disk failed to write or to sync. What was acknowledged is safe; the log keeps trying.</summary>
public sealed class LogWriteException(string folder, Exception cause)
    : LogException($"writing to {folder} failed ({cause.Message}): check the disk; what was acknowledged is safe, and the log keeps trying", cause);

/// <summary>More bytes wait for the disk than allowed: try again in a moment.</summary>
public sealed class LogBusyException(string folder, long limitBytes)
    : LogException(string.Create(CultureInfo.InvariantCulture,
        $"{limitBytes} bytes already wait to be written to {folder}, which is the limit: try again in a moment"));

/// <summary>One record is larger than the log takes.</summary>
public sealed class RecordTooLargeException(long bytes, long limitBytes)
    : LogException(string.Create(CultureInfo.InvariantCulture, $"a record of {bytes} bytes is over the limit of {limitBytes} bytes"));

/// <summary>The records asked for were removed from the front.</summary>
public sealed class LogTruncatedException(ulong asked, ulong first)
    : LogException(string.Create(CultureInfo.InvariantCulture, $"record {asked} is gone: the log now begins at {first}"))
{
    /// <summary>The oldest record still there.</summary>
    public ulong First { get; } = first;
}

/// <summary>A newer Kip wrote the data. Nothing was touched.</summary>
public sealed class LogVersionException(string file, uint version, uint known)
    : LogException(string.Create(CultureInfo.InvariantCulture,
        $"{file} has format version {version}, and this kip knows versions up to {known}: use a newer kip; nothing was changed"));

/// <summary>Another process has the folder.</summary>
public sealed class LogInUseException(string folder, Exception? cause = null)
    : LogException($"{folder} is in use by another kip: stop that one first, or choose another data folder", cause);

/// <summary>A file's checksum is wrong.</summary>
public sealed class FileDamagedException(string file, string what)
    : LogException($"{file} is damaged ({what}): restore it from a copy, or remove it to do without");
