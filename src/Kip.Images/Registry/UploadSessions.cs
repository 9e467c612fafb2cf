using System.Collections.Concurrent;
using Kip.Images.Storage;

namespace Kip.Images.Registry;

/// <summary>The uploads under way. They end with the process: what was uploaded in part is sent again.</summary>
internal sealed class UploadSessions(ContentStore content, RegistryOptions options, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, UploadSession> _sessions = new(StringComparer.Ordinal);

    /// <exception cref="RegistryError">There are as many as allowed.</exception>
    public UploadSession Begin(string repository)
    {
        if (_sessions.Count >= options.MaxUploads)
            throw new RegistryError(
                429, "TOOMANYREQUESTS",
                $"{options.MaxUploads} uploads are under way, which is as many as allowed; finish or delete some, or try again later");
        var session = new UploadSession(Guid.NewGuid().ToString(), repository, content.Write(), time.GetUtcNow());
        _sessions[session.Id] = session;
        return session;
    }

    /// <exception cref="RegistryError">There is none, or it is another repository's.</exception>
    public UploadSession Find(string repository, string id)
    {
        if (!_sessions.TryGetValue(id, out var session) || session.Repository != repository) throw RegistryError.UploadUnknown(id);
        session.LastUsed = time.GetUtcNow();
        return session;
    }

    /// <summary>Ends an upload, whether it was committed or not.</summary>
    public async Task EndAsync(UploadSession session)
    {
        if (_sessions.TryRemove(session.Id, out _)) await session.DisposeAsync();
    }

    /// <summary>Ends those that nothing came for.</summary>
    public async Task ExpireAsync()
    {
        var limit = time.GetUtcNow() - options.UploadLife;
        foreach (var session in _sessions.Values)
            if (session.LastUsed < limit && await session.Turn.WaitAsync(TimeSpan.Zero)) await EndAsync(session);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions.Values) await EndAsync(session);
    }
}

/// <summary>One upload.</summary>
internal sealed class UploadSession(string id, string repository, BlobWriter writer, DateTimeOffset begun) : IAsyncDisposable
{
    public string Id { get; } = id;

    public string Repository { get; } = repository;

    public BlobWriter Writer { get; } = writer;

    /// <summary>Held by the request that writes: two at once would mix their content.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    public DateTimeOffset LastUsed { get; set; } = begun;

    public ValueTask DisposeAsync() => Writer.DisposeAsync();
}
