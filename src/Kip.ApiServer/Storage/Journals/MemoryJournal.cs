namespace Kip.ApiServer.Storage.Journals;

/// <summary>No journal: what is in memory is all there is, and nothing ever waits.</summary>
internal sealed class MemoryJournal : IJournal
{
    public ulong Append(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body) => 0;

    public ValueTask FlushedAsync(ulong place, CancellationToken cancel) => default;

    public ValueTask UpkeepAsync(Func<StoreImage> capture, CancellationToken cancel) => default;

    public ValueTask DisposeAsync() => default;
}
