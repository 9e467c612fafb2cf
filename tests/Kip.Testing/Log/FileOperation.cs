namespace Kip.Testing.Log;

/// <summary>What a log asks of its disk, each of which can fail.</summary>
public enum FileOperationKind
{
    Create,
    Delete,
    Rename,
    SyncNames,
    Write,
    Truncate,
    Sync,
}

/// <summary>One operation that changes the disk.</summary>
/// <param name="Number">Counts all of them from 1.</param>
public sealed record FileOperation(int Number, FileOperationKind Kind, string Name, long Bytes);
