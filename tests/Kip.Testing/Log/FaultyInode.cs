namespace Kip.Testing.Log;

/// <summary>A file's content as processes see it, and as the platter holds it.</summary>
internal sealed class FaultyInode
{
    private const int SectorBytes = 512;

    private readonly SortedSet<int> _dirty = [];
    private byte[] _disk = [];

    internal byte[] Seen { get; private set; } = [];

    internal long Length => Seen.Length;

    /// <summary>A file that is wholly on disk.</summary>
    internal static FaultyInode OnDisk(byte[] content) => new() { Seen = [.. content], _disk = [.. content] };

    internal void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        if (bytes.Length == 0)
        {
            return;
        }

        var end = (int)offset + bytes.Length;
        if (end > Seen.Length)
        {
            Seen = Resized(Seen, end);
        }

        bytes.CopyTo(Seen.AsSpan((int)offset));
        for (var sector = (int)offset / SectorBytes; sector <= (end - 1) / SectorBytes; sector++)
        {
            _dirty.Add(sector);
        }
    }

    internal void Truncate(long length) => Seen = Resized(Seen, (int)length);

    internal void Sync()
    {
        _disk = Persist(_ => true, Seen.Length);
        _dirty.Clear();
    }

    /// <summary>What Linux may do when write-back fails: some sectors arrive, all count as clean, readers go on seeing them.</summary>
    internal void SyncBadly(Random random)
    {
        _disk = Persist(_ => random.Next(2) == 0, _disk.Length);
        _dirty.Clear();
    }

    /// <summary>The content after the power was cut: any of the unsynced sectors and either length.</summary>
    internal FaultyInode AfterPowerCut(Random random)
    {
        var length = random.Next(3) switch
        {
            0 => _disk.Length,
            1 => Seen.Length,
            _ => random.Next(Math.Min(_disk.Length, Seen.Length), Math.Max(_disk.Length, Seen.Length) + 1),
        };
        return OnDisk(Persist(_ => random.Next(2) == 0, length));
    }

    internal void Flip(long offset, byte mask)
    {
        Seen[offset] ^= mask;
        _disk[offset] ^= mask;
    }

    private byte[] Persist(Func<int, bool> arrives, int length)
    {
        var content = Resized(_disk, length);
        foreach (var sector in _dirty.Where(arrives))
        {
            var start = sector * SectorBytes;
            var count = Math.Min(SectorBytes, Math.Min(length, Seen.Length) - start);
            if (count > 0)
            {
                Seen.AsSpan(start, count).CopyTo(content.AsSpan(start));
            }
        }

        return content;
    }

    private static byte[] Resized(byte[] bytes, int length)
    {
        var resized = new byte[length];
        bytes.AsSpan(0, Math.Min(length, bytes.Length)).CopyTo(resized);
        return resized;
    }
}
