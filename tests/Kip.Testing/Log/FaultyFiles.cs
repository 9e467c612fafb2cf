using Kip.Log;
using Kip.Log.Files;

namespace Kip.Testing.Log;

/// <summary>
/// A folder in memory that fails on demand and forgets what a power cut may take: unsynced sectors in any choice, unsynced names in any choice.
/// </summary>
/// <remarks>All chance comes from the seed given, so a run can be repeated.</remarks>
public sealed class FaultyFiles(int seed) : ILogFiles
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private readonly List<NameChange> _unsynced = [];
    private Dictionary<string, FaultyInode> _names = [];
    private Dictionary<string, FaultyInode> _durableNames = [];
    private bool _locked;

    public string Name => "faulty";

    /// <summary>Asked before each change; an exception it returns is thrown, after a part of the change may have happened.</summary>
    public Func<FileOperation, IOException?>? Fault { get; set; }

    /// <summary>How many bytes all files together may have.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>How many changes were asked for.</summary>
    public int Operations { get; private set; }

    /// <summary>How many fsyncs of files succeeded.</summary>
    public int Syncs { get; private set; }

    private sealed record NameChange(string Name, FaultyInode? Inode, string? Removed);

    /// <summary>The same disk as a new process finds it after the old one was killed: the kernel has lost nothing.</summary>
    public FaultyFiles AfterKill() => Successor(_names.ToDictionary(), _durableNames.ToDictionary(), _unsynced);

    /// <summary>The disk after the power was cut and came back.</summary>
    public FaultyFiles AfterPowerCut()
    {
        lock (_lock)
        {
            var names = _durableNames.ToDictionary();
            foreach (var change in _unsynced.Where(_ => _random.Next(2) == 0))
            {
                Apply(names, change);
            }

            var inodes = names.ToDictionary(n => n.Key, n => n.Value.AfterPowerCut(_random));
            return Successor(inodes, inodes.ToDictionary(), []);
        }
    }

    /// <summary>A copy that shares nothing, all of it on disk.</summary>
    public FaultyFiles Copy()
    {
        var inodes = _names.ToDictionary(n => n.Key, n => FaultyInode.OnDisk(n.Value.Seen));
        return Successor(inodes, inodes.ToDictionary(), []);
    }

    /// <summary>A file's content as a process sees it.</summary>
    public byte[] Content(string name) => _names[name].Seen;

    /// <summary>Changes bits behind everyone's back.</summary>
    public void Flip(string name, long offset, byte mask) => _names[name].Flip(offset, mask);

    /// <summary>Puts a file on the disk.</summary>
    public void Put(string name, byte[] content) => _names[name] = _durableNames[name] = FaultyInode.OnDisk(content);

    public IDisposable Lock()
    {
        lock (_lock)
        {
            if (_locked)
            {
                throw new LogInUseException(Name);
            }

            _locked = true;
            return new Unlocker(() => _locked = false);
        }
    }

    public IReadOnlyList<string> List()
    {
        lock (_lock)
        {
            return [.. _names.Keys];
        }
    }

    public ILogFile Create(string name) => Change(FileOperationKind.Create, name, 0, fault =>
    {
        if (_names.ContainsKey(name))
        {
            throw new IOException($"'{name}' exists");
        }

        if (fault is null || _random.Next(2) == 0)
        {
            SetName(new(name, new FaultyInode(), null));
        }

        return fault is null ? new FaultyFile(this, name, _names[name]) : null!;
    });

    public ILogFile Open(string name)
    {
        lock (_lock)
        {
            return _names.TryGetValue(name, out var inode) ? new FaultyFile(this, name, inode) : throw new FileNotFoundException(name);
        }
    }

    public void Delete(string name) => Change(FileOperationKind.Delete, name, 0, fault =>
    {
        if (fault is null)
        {
            SetName(new(name, null, null));
        }

        return true;
    });

    public void Rename(string from, string to) => Change(FileOperationKind.Rename, from, 0, fault =>
    {
        if (fault is null)
        {
            SetName(new(to, _names[from], from));
        }

        return true;
    });

    public void SyncNames() => Change(FileOperationKind.SyncNames, "", 0, fault =>
    {
        if (fault is null)
        {
            _durableNames = _names.ToDictionary();
            _unsynced.Clear();
        }

        return true;
    });

    private FaultyFiles Successor(
        Dictionary<string, FaultyInode> names, Dictionary<string, FaultyInode> durable, IEnumerable<NameChange> unsynced)
    {
        var next = new FaultyFiles(_random.Next()) { _names = names, _durableNames = durable };
        next._unsynced.AddRange(unsynced);
        return next;
    }

    private void SetName(NameChange change)
    {
        _unsynced.Add(change);
        Apply(_names, change);
    }

    private static void Apply(Dictionary<string, FaultyInode> names, NameChange change)
    {
        if (change.Removed is not null)
        {
            names.Remove(change.Removed);
        }

        if (change.Inode is null)
        {
            names.Remove(change.Name);
        }
        else
        {
            names[change.Name] = change.Inode;
        }
    }

    // Runs a change under the lock; with a fault it gets to do a part of it first.
    private T Change<T>(FileOperationKind kind, string name, long bytes, Func<IOException?, T> change)
    {
        lock (_lock)
        {
            var operation = new FileOperation(++Operations, kind, name, bytes);
            var fault = Fault?.Invoke(operation);
            var result = change(fault);
            return fault is null ? result : throw fault;
        }
    }

    private sealed class Unlocker(Action unlock) : IDisposable
    {
        public void Dispose() => unlock();
    }

    private sealed class FaultyFile(FaultyFiles files, string name, FaultyInode inode) : ILogFile
    {
        public long Length => inode.Length;

        public int Read(Span<byte> into, long offset)
        {
            lock (files._lock)
            {
                var n = (int)Math.Clamp(inode.Length - offset, 0, into.Length);
                inode.Seen.AsSpan((int)Math.Min(offset, inode.Length), n).CopyTo(into);
                return n;
            }
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            var all = bytes.ToArray();
            files.Change(FileOperationKind.Write, name, all.Length, fault =>
            {
                var room = files.Capacity - files._names.Values.Sum(i => i.Length) + inode.Length - offset;
                if (fault is null && room < all.Length)
                {
                    inode.Write(all.AsSpan(0, (int)Math.Max(0, room)), offset);
                    throw DiskFull.Make(name);
                }

                inode.Write(fault is null ? all : all.AsSpan(0, files._random.Next(all.Length + 1)), offset);
                return true;
            });
        }

        public void Truncate(long length) => files.Change(FileOperationKind.Truncate, name, length, fault =>
        {
            if (fault is null)
            {
                inode.Truncate(length);
            }

            return true;
        });

        public void Sync() => files.Change(FileOperationKind.Sync, name, 0, fault =>
        {
            if (fault is null)
            {
                inode.Sync();
                files.Syncs++;
            }
            else
            {
                inode.SyncBadly(files._random);
            }

            return true;
        });

        public void Dispose()
        {
        }
    }
}
