using System.Buffers;
using Kip.CloudEvents;
using Kip.CloudEvents.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kip.Brokers.Http;

/// <summary>One request, and what is kept between the requests of its connection.</summary>
internal sealed class IngressCall
{
    private readonly CloudEventHttpReader _reader = new(CloudEventStrictness.Upstream);
    private IHttpRequestFeature _request = null!;
    private IHttpResponseFeature _response = null!;
    private IRequestBodyPipeFeature _body = null!;
    private IHttpResponseBodyFeature _answer = null!;
    private SequencePosition? _read;

    public string Method => _request.Method;

    public string Path => _request.Path;

    /// <summary>The host that was asked for, without a port; behind a gateway that rewrote it, the one before.</summary>
    public string Host { get; private set; } = "";

    public IHeaderDictionary Headers => _request.Headers;

    /// <summary>Bytes of the body as far as the headers tell; null when they do not.</summary>
    public long? ContentLength => _request.Headers.ContentLength;

    public void Begin(IFeatureCollection features)
    {
        _request = features.Get<IHttpRequestFeature>()!;
        _response = features.Get<IHttpResponseFeature>()!;
        _body = features.Get<IRequestBodyPipeFeature>()!;
        _answer = features.Get<IHttpResponseBodyFeature>()!;
        Host = new HostString(_request.Headers.Host.ToString()).Host;
    }

    /// <summary>Reads the whole body. What is returned is valid until <see cref="ReleaseBody"/>.</summary>
    /// <exception cref="BadHttpRequestException">It is larger than allowed, or broken off.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync()
    {
        if (ContentLength is 0 || (ContentLength is null && _request.Headers.TransferEncoding.Count == 0)) return default;
        while (true)
        {
            var read = await _body.Reader.ReadAsync();
            if (read.IsCompleted)
            {
                _read = read.Buffer.End;
                return read.Buffer.IsSingleSegment ? read.Buffer.First : read.Buffer.ToArray();
            }
            // Nothing is consumed before all is there; the server's limit of the body bounds what piles up.
            _body.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Gives the body's memory back; the server reads no further request before.</summary>
    public void ReleaseBody()
    {
        if (_read is { } end) _body.Reader.AdvanceTo(end);
        _read = null;
    }

    /// <summary>The events of the message, or what is wrong with them.</summary>
    public bool TryReadEvents(ReadOnlyMemory<byte> body, out IReadOnlyList<CloudEvent> events, out bool structured, out CloudEventError? error)
    {
        foreach (var (name, values) in Headers)
            foreach (var value in values)
                if (value is not null) _reader.Header(name, value);
        structured = _reader.Mode != ContentMode.Binary;
        if (!_reader.TryReadBatch(body, out var read, out error))
        {
            events = [];
            return false;
        }
        events = read;
        return true;
    }

    /// <summary>All headers, one by one.</summary>
    public IEnumerable<KeyValuePair<string, string>> EachHeader()
    {
        foreach (var (name, values) in Headers) yield return new(name, values.ToString());
    }

    /// <summary>Answers without a body and completes when the answer is on its way.</summary>
    public Task AnswerAsync(int status)
    {
        _response.StatusCode = status;
        _response.Headers.ContentLength = 0;
        return _answer.CompleteAsync();
    }

    /// <summary>Answers with a sentence for whoever reads it.</summary>
    public async Task AnswerAsync(int status, string reason)
    {
        _response.StatusCode = status;
        var text = System.Text.Encoding.UTF8.GetBytes(reason + "\n");
        _response.Headers.ContentType = "text/plain; charset=utf-8";
        _response.Headers.ContentLength = text.Length;
        await _answer.Writer.WriteAsync(text);
        await _answer.CompleteAsync();
    }

    /// <summary>Answers with a body whose type is among the headers already.</summary>
    public async Task AnswerAsync(int status, ReadOnlyMemory<byte> body)
    {
        _response.StatusCode = status;
        _response.Headers.ContentLength = body.Length;
        await _answer.Writer.WriteAsync(body);
        await _answer.CompleteAsync();
    }

    public void SetHeader(string name, string value) => _response.Headers[name] = value;
}
