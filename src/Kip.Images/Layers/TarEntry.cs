namespace Kip.Images.Layers;

internal enum TarEntryKind
{
    File,
    HardLink,
    SymbolicLink,
    Directory,
    Fifo,

    /// <summary>A block or character device: layers of containers have no use for them.</summary>
    Device,
}

/// <summary>The header of one entry of an archive. Names are strings of bytes (Latin-1), as <see cref="Syscalls"/> takes them.</summary>
internal sealed record TarEntry
{
    public required TarEntryKind Kind { get; init; }
    public required string Name { get; init; }
    public string LinkName { get; init; } = "";
    public long Size { get; init; }
    public uint Mode { get; init; }
    public uint UserId { get; init; }
    public uint GroupId { get; init; }
    public long ModifiedSeconds { get; init; }
    public int ModifiedNanoseconds { get; init; }

    /// <summary>File capabilities (<c>security.capability</c>): the only extended attribute that is taken over.</summary>
    public byte[]? Capability { get; init; }

    /// <summary>The name for a message.</summary>
    public string Shown => new([.. Name.Take(200).Select(static c => c is >= ' ' and < '\x7f' ? c : '?')]);
}
