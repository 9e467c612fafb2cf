using System.Buffers;
using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kip.Resources;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Http.Bodies;

/// <summary>A JSON body on its way out: sent whole with its length when it is small, in parts and compressed when it is large.</summary>
internal sealed class JsonAnswer : IAsyncDisposable
{
    private readonly HttpContext _http;
    private readonly TurnBuffer _buffer = new();
    private Task _sending = Task.CompletedTask;
    private GZipStream? _gzip;
    private bool _streaming;
    private bool _hasElement;

    public JsonAnswer(HttpContext http, int status = 200)
    {
        _http = http;
        _http.Response.StatusCode = status;
        IsPretty = http.Request.Query.ContainsKey("pretty") && http.Request.Query.Flag("pretty");
        Writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions
        {
            Indented = IsPretty, SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
    }

    /// <summary>Whether the client wants it indented.</summary>
    public bool IsPretty { get; }

    /// <summary>Where the body is written.</summary>
    public Utf8JsonWriter Writer { get; }

    /// <summary>Adds an element, given as its text, to the array that <see cref="Writer"/> has begun. All elements must be added so.</summary>
    public void Element(ReadOnlySpan<byte> json)
    {
        if (_hasElement) _buffer.Write(","u8);
        else Writer.Flush();
        _hasElement = true;
        _buffer.Write(json);
    }

    /// <summary>Answers with one object.</summary>
    public static async Task WriteAsync(HttpContext http, int status, Action<Utf8JsonWriter> write)
    {
        await using var answer = new JsonAnswer(http, status);
        write(answer.Writer);
        await answer.CompleteAsync();
    }

    /// <summary>Answers with a Status; its code is the answer's.</summary>
    public static Task WriteAsync(HttpContext http, Status status)
    {
        if (status.Details is { RetryAfterSeconds: > 0 } details) http.Response.Headers.RetryAfter = details.RetryAfterSeconds.ToString();
        return WriteAsync(http, status.Code, writer => JsonSerializer.Serialize(writer, status, WireJson.Of<Status>()));
    }

    /// <summary>Sends what has been written if it is much, so that a long list does not pile up in memory.</summary>
    public ValueTask SpillAsync() => Unsent < Compression.Large ? ValueTask.CompletedTask : new(SendAsync());

    /// <summary>Sends the rest.</summary>
    public async Task CompleteAsync()
    {
        if (_streaming || Unsent >= Compression.Large)
        {
            await SendAsync();
            await _sending;
            if (_gzip is not null) await _gzip.DisposeAsync();
            _gzip = null;
            return;
        }
        await Writer.FlushAsync(_http.RequestAborted);
        _http.Response.ContentType = "application/json";
        _http.Response.ContentLength = _buffer.Written.Length;
        await _http.Response.Body.WriteAsync(_buffer.Written, _http.RequestAborted);
    }

    public async ValueTask DisposeAsync()
    {
        await Writer.DisposeAsync();
        // After a failure, too: the answer is the request's only while nothing writes to it.
        await Task.WhenAny(_sending);
        _buffer.Dispose();
    }

    private long Unsent => Writer.BytesPending + _buffer.Written.Length;

    // What was written goes out while more is being written.
    private async Task SendAsync()
    {
        if (!_streaming)
        {
            _streaming = true;
            _http.Response.ContentType = "application/json";
            _gzip = Compression.Begin(_http);
        }
        await Writer.FlushAsync(_http.RequestAborted);
        await _sending;
        _sending = SendAsync((Stream?)_gzip ?? _http.Response.Body, _buffer.Turn(), _http.RequestAborted);
    }

    private static async Task SendAsync(Stream to, ReadOnlyMemory<byte> part, CancellationToken cancel)
    {
        // A compressor works before it waits: elsewhere, so that the next part is written meanwhile.
        await Task.Yield();
        await to.WriteAsync(part, cancel);
    }
}
