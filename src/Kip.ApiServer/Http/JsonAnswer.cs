using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using Kip.Resources;
using Microsoft.AspNetCore.Http;

namespace Kip.ApiServer.Http;

/// <summary>A JSON body on its way out: sent whole with its length when it is small, in parts and compressed when it is large.</summary>
internal sealed class JsonAnswer : IAsyncDisposable
{
    // Kubernetes' own threshold: below it compression costs more than it saves.
    private const int Large = 128 * 1024;

    private readonly HttpContext _http;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private GZipStream? _gzip;
    private bool _streaming;

    public JsonAnswer(HttpContext http, int status = 200)
    {
        _http = http;
        _http.Response.StatusCode = status;
        var pretty = http.Request.Query.ContainsKey("pretty") && http.Request.Query.Flag("pretty");
        Writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Indented = pretty, SkipValidation = true });
    }

    /// <summary>What the body is.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Where the body is written.</summary>
    public Utf8JsonWriter Writer { get; }

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
    public ValueTask SpillAsync() => Writer.BytesPending + _buffer.WrittenCount < Large ? ValueTask.CompletedTask : new(SendAsync());

    /// <summary>Sends the rest.</summary>
    public async Task CompleteAsync()
    {
        if (_streaming || Writer.BytesPending + _buffer.WrittenCount >= Large)
        {
            await SendAsync();
            if (_gzip is not null) await _gzip.DisposeAsync();
            return;
        }
        await Writer.FlushAsync(_http.RequestAborted);
        _http.Response.ContentType = ContentType;
        _http.Response.ContentLength = _buffer.WrittenCount;
        await _http.Response.Body.WriteAsync(_buffer.WrittenMemory, _http.RequestAborted);
    }

    public ValueTask DisposeAsync() => Writer.DisposeAsync();

    private async Task SendAsync()
    {
        if (!_streaming) BeginStreaming();
        await Writer.FlushAsync(_http.RequestAborted);
        await (_gzip ?? _http.Response.Body).WriteAsync(_buffer.WrittenMemory, _http.RequestAborted);
        _buffer.ResetWrittenCount();
    }

    private void BeginStreaming()
    {
        _streaming = true;
        _http.Response.ContentType = ContentType;
        _http.Response.Headers.Vary = "Accept-Encoding";
        if (!_http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase)) return;
        _http.Response.Headers.ContentEncoding = "gzip";
        _gzip = new GZipStream(_http.Response.Body, CompressionLevel.Fastest);
    }
}
