namespace Kip.ApiServer.Storage;

/// <summary>Where a store writes its changes down: a log on disk, or nowhere.</summary>
internal interface IJournal : IAsyncDisposable
{
    /// <summary>Takes a change into the order of changes, without waiting. Called in version order, one call at a time.</summary>
    /// <returns>Its place, for <see cref="FlushedAsync"/>.</returns>
    /// <exception cref="Client.ApiException">The change cannot be taken; nothing has happened.</exception>
    ulong Append(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body);

    /// <summary>Completes when this change and all before it are on disk.</summary>
    /// <exception cref="Client.ApiException">They could not be written yet; they are kept and tried again.</exception>
    ValueTask FlushedAsync(ulong place, CancellationToken cancel);

    /// <summary>Throws when the latest attempt to write failed and none has succeeded since.</summary>
    /// <exception cref="Client.ApiException">The disk takes no writes for now.</exception>
    void ThrowIfFailing();
}
