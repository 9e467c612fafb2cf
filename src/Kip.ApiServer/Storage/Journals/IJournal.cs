namespace Kip.ApiServer.Storage.Journals;

/// <summary>Where a store writes its changes down: a folder, or nowhere.</summary>
internal interface IJournal : IAsyncDisposable
{
    /// <summary>Takes a change into the order of changes, without waiting. Called in version order, one call at a time.</summary>
    /// <returns>Its place, for <see cref="FlushedAsync"/>.</returns>
    /// <exception cref="Client.ApiException">The change cannot be taken (503, 507); nothing has happened.</exception>
    ulong Append(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body);

    /// <summary>Completes when this change and all before it are on disk.</summary>
    /// <exception cref="Client.ApiException">They could not be written yet (503, 507); they are kept and tried again.</exception>
    ValueTask FlushedAsync(ulong place, CancellationToken cancel);

    /// <summary>What is due now and then: a snapshot, when the log behind the last one has grown.</summary>
    ValueTask UpkeepAsync(Func<StoreImage> capture, CancellationToken cancel);
}
