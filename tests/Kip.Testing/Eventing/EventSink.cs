using System.Collections.Concurrent;
using System.Threading.Channels;
using Kip.CloudEvents;
using Kip.CloudEvents.Http;
using Kip.Testing.Traffic;
using Microsoft.AspNetCore.Http;

namespace Kip.Testing.Eventing;

/// <summary>A subscriber: a real HTTP server that keeps what it was sent and answers as the test says.</summary>
public sealed class EventSink : IAsyncDisposable
{
    private readonly Channel<ReceivedEvent> _received = Channel.CreateUnbounded<ReceivedEvent>();
    private readonly ConcurrentDictionary<string, int> _attempts = new();
    private FakePod _pod = null!;

    public Uri Url => new($"http://127.0.0.1:{_pod.Port}/");

    /// <summary>How often an event of this id has come.</summary>
    public int AttemptsOf(string id) => _attempts.GetValueOrDefault(id);

    /// <summary>Every id that has come.</summary>
    public ICollection<string> Ids => _attempts.Keys;

    /// <param name="answer">What it answers; null: 202.</param>
    public static async Task<EventSink> StartAsync(Func<ReceivedEvent, HttpContext, Task>? answer = null, int port = 0)
    {
        var sink = new EventSink();
        sink._pod = await FakePod.StartAsync(context => sink.HandleAsync(context, answer), port: port);
        return sink;
    }

    /// <summary>One that answers a status, by how often the event has come: 1 at first.</summary>
    public static Task<EventSink> AnsweringAsync(Func<int, int> statusOfAttempt) => StartAsync((received, context) =>
    {
        context.Response.StatusCode = statusOfAttempt(received.Attempt);
        return Task.CompletedTask;
    });

    /// <summary>The next event that comes.</summary>
    public async Task<ReceivedEvent> NextAsync() => await _received.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>The next few events.</summary>
    public async Task<IReadOnlyList<ReceivedEvent>> NextAsync(int count)
    {
        var all = new List<ReceivedEvent>();
        while (all.Count < count) all.Add(await NextAsync());
        return all;
    }

    /// <summary>Whether anything has come that nobody has asked for.</summary>
    public bool IsQuiet => !_received.Reader.TryPeek(out _);

    public ValueTask DisposeAsync() => _pod.DisposeAsync();

    private async Task HandleAsync(HttpContext context, Func<ReceivedEvent, HttpContext, Task>? answer)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var reader = new CloudEventHttpReader();
        foreach (var (name, values) in context.Request.Headers) reader.Header(name, values.ToString());
        var mode = reader.Mode;
        if (!reader.TryRead(body.ToArray(), out var read, out var error)) throw new InvalidDataException($"what came is no event: {error}");
        var received = new ReceivedEvent(
            read, mode, context.Request.Headers.ToDictionary(static h => h.Key, static h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            context.Request.Path, _attempts.AddOrUpdate(read.Id, 1, static (_, seen) => seen + 1));
        context.Response.StatusCode = 202;
        if (answer is not null) await answer(received, context);
        _received.Writer.TryWrite(received);
    }
}

/// <summary>An event as a subscriber got it.</summary>
/// <param name="Attempt">How often an event of this id has come: 1 at first.</param>
public sealed record ReceivedEvent(CloudEvent Event, ContentMode Mode, IReadOnlyDictionary<string, string> Headers, string Path, int Attempt)
{
    /// <summary>An extension's text; null when it has none of that name.</summary>
    public string? Extension(string name) => Event.TryGetExtension(name, out var value) ? value.ToString() : null;
}
