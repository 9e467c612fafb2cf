using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Kip.Traffic.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kip.Traffic.Forwarding.Http1;

/// <summary>Sends a request's body to the pod as it comes from the client, beside the reading of the response; nothing is kept.</summary>
internal sealed class BodySending
{
    // How long a pod may think about "Expect: 100-continue" before it gets the body anyway (RFC 9110 section 10.1.1).
    private static readonly TimeSpan ContinuePatience = TimeSpan.FromSeconds(1);

    private readonly GatewayRequest _request;
    private readonly PodConnection _connection;
    private readonly bool _chunked;
    private readonly TaskCompletionSource<bool>? _continue;
    private Task _task = Task.CompletedTask;
    private bool _complete;

    private BodySending(GatewayRequest request, PodConnection connection, RequestBodyKind kind)
    {
        _request = request;
        _connection = connection;
        _chunked = kind == RequestBodyKind.Chunked;
        if (request.Http.Headers.Expect.Count > 0) _continue = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Whether it ended because the client went away, or sent what is no body, or too much of one.</summary>
    public bool ClientFailed { get; private set; }

    public static BodySending Start(GatewayRequest request, PodConnection connection, RequestBodyKind kind, TimeProvider time)
    {
        var sending = new BodySending(request, connection, kind);
        sending._task = sending._continue is null ? sending.RunAsync() : sending.RunWhenAskedAsync(time);
        return sending;
    }

    /// <summary>The pod wants the body.</summary>
    public void Continue() => _continue?.TrySetResult(true);

    /// <summary>The response is complete. Ends the sending if it is not, and says whether the pod has the whole body.</summary>
    public async ValueTask<bool> EndAsync()
    {
        if (_task.IsCompleted) return _complete;
        _connection.Abort();
        await StopAsync();
        return false;
    }

    /// <summary>Ends the sending; the connection has been ended before.</summary>
    public async ValueTask StopAsync()
    {
        _continue?.TrySetResult(false);
        if (!_task.IsCompleted) _request.Http.BodyReader.CancelPendingRead();
        await _task;
    }

    private async Task RunWhenAskedAsync(TimeProvider time)
    {
        bool wanted;
        try
        {
            wanted = await _continue!.Task.WaitAsync(ContinuePatience, time);
        }
        catch (TimeoutException)
        {
            wanted = true;
        }
        if (wanted) await RunAsync();
    }

    private async Task RunAsync()
    {
        var reader = _request.Http.BodyReader;
        while (!_complete)
        {
            ReadResult read;
            try
            {
                read = await reader.ReadAsync();
            }
            catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
            {
                // Too large, cut off, or not in the form announced: the pod must not take it for whole.
                _request.BodyFailure = e as BadHttpRequestException;
                ClientFailed = true;
                _connection.Abort();
                return;
            }
            if (read.IsCanceled || !await TrySendAsync(reader, read)) return;
            _complete = read.IsCompleted;
        }
    }

    private async ValueTask<bool> TrySendAsync(PipeReader reader, ReadResult read)
    {
        try
        {
            if (!read.Buffer.IsEmpty) await SendAsync(read.Buffer);
            if (read.IsCompleted && _chunked) await SendEndAsync();
            return true;
        }
        catch (Exception e) when (PodErrors.IsConnectionError(e))
        {
            // The pod takes no more; it may have answered all the same.
            return false;
        }
        finally
        {
            reader.AdvanceTo(read.Buffer.End);
        }
    }

    private async ValueTask SendAsync(ReadOnlySequence<byte> bytes)
    {
        if (_chunked) await _connection.SendAsync(Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"));
        foreach (var segment in bytes) await _connection.SendAsync(segment);
        if (_chunked) await _connection.SendAsync("\r\n"u8.ToArray());
    }

    private ValueTask SendEndAsync()
    {
        var end = new StringBuilder("0\r\n");
        if (_request.Context.Features.Get<IHttpRequestTrailersFeature>() is { Available: true } feature)
            foreach (var (name, value) in feature.Trailers) end.Append(name).Append(": ").Append(value).Append("\r\n");
        return _connection.SendAsync(Encoding.Latin1.GetBytes(end.Append("\r\n").ToString()));
    }
}
