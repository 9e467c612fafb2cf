using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Kip.Host.Observability;

/// <summary>
/// A log of lines: of requests, or of what was asked of the API. Takes lines without waiting, writes them behind, and begins anew when it has grown;
/// one older file is kept.
/// </summary>
internal sealed partial class LineFile : IAsyncDisposable
{
    /// <summary>At this size a file is put aside.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    // What does not fit is counted and told: requests do not wait for a disk.
    private const int MaxWaiting = 10_000;

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _writing;
    private long _lost;

    public LineFile(string path, TimeProvider time, ILoggerFactory loggers)
    {
        (_path, _time, _logger) = (path, time, loggers.CreateLogger<LineFile>());
        _writing = WriteAsync();
    }

    /// <summary>Writes a line soon; drops it when more wait than can be kept.</summary>
    public void Write(string line)
    {
        if (!_lines.Writer.TryWrite(line)) Interlocked.Increment(ref _lost);
    }

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        while (await _lines.Reader.WaitToReadAsync())
        {
            try
            {
                await WriteAllAsync();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogFailed(_path, e.Message);
                // Not again for every line: the next ones wait, and are dropped when they are too many.
                await Task.Delay(TimeSpan.FromSeconds(10), _time);
            }
        }
    }

    // The file is opened for what there is and closed behind it: an idle platform holds none open, and one that was moved away is made anew.
    private async Task WriteAllAsync()
    {
        if (new FileInfo(_path) is { Exists: true, Length: > MaxBytes }) File.Move(_path, _path + ".1", overwrite: true);
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!File.Exists(_path)) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new StreamWriter(new FileStream(_path, options));
        for (var count = 0; count < MaxWaiting && _lines.Reader.TryRead(out var line); count++)
        {
            await file.WriteAsync(line);
            await file.WriteAsync('\n');
        }
        if (Interlocked.Exchange(ref _lost, 0) is var lost and > 0) LogLost(lost, _path);
    }

    [LoggerMessage(1503, LogLevel.Warning, "The log {path} cannot be written, tried again in ten seconds: {reason}")]
    private partial void LogFailed(string path, string reason);

    [LoggerMessage(1504, LogLevel.Warning, "{count} lines of the log {path} were dropped: they came faster than they could be written")]
    private partial void LogLost(long count, string path);
}
