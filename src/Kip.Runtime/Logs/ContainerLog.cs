using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Kip.Runtime.Processes;

namespace Kip.Runtime.Logs;

/// <summary>What one run of a container writes, kept in a file and, once that is full, in that and the one before it.</summary>
/// <remarks>
/// Written by the output loop only, read by any number of readers. At most twice <c>maxBytes</c> is kept; the oldest goes. A disk that
/// takes nothing more never stops the program: what cannot be written is dropped and counted, and the log says so once it can.
/// </remarks>
public sealed class ContainerLog : IProcessOutput
{
    /// <summary>The kubelet's containerLogMaxSize.</summary>
    public const int DefaultMaxBytes = 10 * 1024 * 1024;

    /// <summary>Behind a log's path: its older half.</summary>
    internal const string OlderSuffix = ".1";

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly int _maxBytes;
    private readonly List<byte>[] _partial = [[], []];
    private readonly List<byte> _pending = [];
    private ImmutableArray<Action<OutputStream, byte[]?>> _listeners = [];
    private FileStream? _file;
    private TaskCompletionSource _changed = NewSignal();
    private int _open = 2;
    private long _dropped;

    public ContainerLog(string path, TimeProvider time, int maxBytes = DefaultMaxBytes)
    {
        Path = path;
        _time = time;
        _maxBytes = maxBytes;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        _file = OpenFile();
    }

    private ContainerLog(string path, TimeProvider time) => (Path, _time, _open) = (path, time, 0);

    /// <summary>A log that is complete: nobody will write to it.</summary>
    public static ContainerLog Finished(string path, TimeProvider time) => new(path, time);

    public string Path { get; }

    /// <summary>The file with what was written before the present one was begun.</summary>
    public string OlderPath => Path + OlderSuffix;

    /// <summary>
    /// Where the log stands: how often it began a new file, how long that is, whether it is complete, and a task that ends with the next change.
    /// </summary>
    internal (int File, long Length, bool Ended, Task Changed) Position
    {
        get
        {
            lock (_lock) return (Rotations, Length, _open == 0, _changed.Task);
        }
    }

    /// <summary>Completes when nothing more will be written.</summary>
    internal async Task EndAsync()
    {
        while (Position is { Ended: false, Changed: var changed }) await changed;
    }

    private int Rotations { get; set; }

    private long Length { get; set; }

    /// <summary>
    /// Hands out all that is written from now on, as it comes; null once nothing more will. It is called on the output loop's thread and must not
    /// wait.
    /// </summary>
    /// <returns>Ends it when disposed.</returns>
    public IDisposable Listen(Action<OutputStream, byte[]?> listener)
    {
        bool isOver;
        lock (_lock)
        {
            isOver = _open == 0;
            if (!isOver) _listeners = _listeners.Add(listener);
        }
        if (isOver) listener(OutputStream.Stdout, null);
        return new Listening(this, listener);
    }

    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        foreach (var listener in _listeners) listener(stream, bytes.ToArray());
        var partial = _partial[(int)stream];
        var now = _time.GetUtcNow();
        while (true)
        {
            var newline = bytes.IndexOf((byte)'\n');
            var piece = newline < 0 ? bytes : bytes[..newline];
            while (partial.Count + piece.Length > CriLogRecord.MaxContent)
            {
                var room = CriLogRecord.MaxContent - partial.Count;
                partial.AddRange(piece[..room]);
                Flush(stream, now, full: false);
                piece = piece[room..];
            }
            partial.AddRange(piece);
            if (newline < 0) break;
            Flush(stream, now, full: true);
            bytes = bytes[(newline + 1)..];
        }
        Store();
    }

    public void End(OutputStream stream)
    {
        if (_partial[(int)stream].Count > 0) Flush(stream, _time.GetUtcNow(), full: false);
        Store();
        if (Interlocked.Decrement(ref _open) == 0) Close();
    }

    /// <summary>No program will write to this log: it failed to start.</summary>
    public void Abandon()
    {
        _open = 0;
        Close();
    }

    private void Flush(OutputStream stream, DateTimeOffset now, bool full)
    {
        var partial = _partial[(int)stream];
        CriLogRecord.Append(_pending, now, stream == OutputStream.Stderr, full, CollectionsMarshal.AsSpan(partial));
        partial.Clear();
    }

    private void Store()
    {
        if (_pending.Count == 0 || _file is null) return;
        try
        {
            if (_file!.Length > 0 && _file.Length + _pending.Count > _maxBytes) Rotate();
            if (_dropped > 0)
            {
                var lost = new List<byte>();
                CriLogRecord.Append(lost, _time.GetUtcNow(), stderr: true, full: true,
                    System.Text.Encoding.UTF8.GetBytes($"kip: {_dropped} bytes of this log could not be written to disk and are lost"));
                _file.Write(CollectionsMarshal.AsSpan(lost));
                _dropped = 0;
            }
            _file.Write(CollectionsMarshal.AsSpan(_pending));
        }
        catch (IOException)
        {
            _dropped += _pending.Count;
        }
        _pending.Clear();
        Announce(_file.Length);
    }

    private void Rotate()
    {
        _file!.Dispose();
        File.Move(Path, OlderPath, overwrite: true);
        _file = OpenFile();
        lock (_lock) (Rotations, Length) = (Rotations + 1, 0);
    }

    private void Close()
    {
        _file?.Dispose();
        ImmutableArray<Action<OutputStream, byte[]?>> listeners;
        lock (_lock)
        {
            _changed.TrySetResult();
            listeners = _listeners;
        }
        foreach (var listener in listeners) listener(OutputStream.Stdout, null);
    }

    private void Announce(long length)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            Length = length;
            changed = _changed;
            _changed = NewSignal();
        }
        changed.TrySetResult();
    }

    private FileStream OpenFile() =>
        new(Path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private sealed class Listening(ContainerLog log, Action<OutputStream, byte[]?> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (log._lock) log._listeners = log._listeners.Remove(listener);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
