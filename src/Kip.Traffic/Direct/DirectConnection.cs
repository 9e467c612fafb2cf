using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using Kip.Traffic.Activation;
using Kip.Traffic.Forwarding;
using Kip.Traffic.Forwarding.Http1;
using Kip.Traffic.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Kip.Traffic.Direct;

/// <summary>A client's connection on the direct path: one plain request after the other, until one comes that is not plain.</summary>
internal sealed class DirectConnection : IDisposable
{
    // A client that takes fewer than 240 bytes a second for longer than 5 s is cut off, as by the HTTP server; a wait ends when half of what may be
    // unsent is taken.
    private const int MaxWaitSeconds = 5 + (32 * 1024 / 240);

    private readonly DirectPath _path;
    private readonly ConnectionContext _connection;
    private readonly bool _seesClusterLocal;
    private readonly PipeReader _input;
    private readonly DirectResponse _response;
    private readonly RequestDeadline _deadline;
    private readonly CancellationToken _ended;
    private readonly byte[] _clientLines;
    private readonly HostMemo _hosts = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[]? _gathered;
    private PlainRequest.Shape _places;
    private DirectTurn _turn;
    private PodConnection? _pod;
    private volatile bool _begun;
    private volatile bool _isIdle;
    private volatile bool _isExpired;
    private int _requests;
    private int _seenRequests;
    private int _idleSeconds;
    private int _seenWait;
    private int _waitSeconds;

    public DirectConnection(DirectPath path, ConnectionContext connection, GatewayListener listener)
    {
        (_path, _connection, _seesClusterLocal) = (path, connection, listener.ServesClusterLocal);
        _input = connection.Transport.Input;
        _response = new(connection.Transport.Output, path.Time);
        _deadline = new(path.Time, keepsTimer: true);
        _ended = _deadline.Token;
        _clientLines = ClientIdentity.Of((connection.RemoteEndPoint as IPEndPoint)?.Address, "http").Lines;
    }

    /// <summary>Completes when it has been disposed.</summary>
    public Task Ended => _over.Task;

    /// <summary>
    /// Serves requests until the connection ends (false), or one comes that is for the HTTP server and is still in the connection's input (true).
    /// </summary>
    public async Task<bool> RunAsync()
    {
        // The end of the client's connection, or of a request's time, ends what the pod is doing.
        using (_connection.ConnectionClosed.UnsafeRegister(static state => ((RequestDeadline)state!).Cancel(), _deadline))
        using (_ended.UnsafeRegister(static state => ((DirectConnection)state!).Stop(), this))
        {
            return await ServeAsync();
        }
    }

    /// <summary>Ends the connection if it has been idle for too long, or if its client does not read. Called once a second.</summary>
    public void Prune()
    {
        if (_response.Wait is not { } wait || wait != _seenWait) (_seenWait, _waitSeconds) = (_response.Wait ?? 0, 0);
        else if (++_waitSeconds > MaxWaitSeconds) _connection.Abort(new ConnectionAbortedException("The client does not read its response"));
        if (!_isIdle || _requests != _seenRequests) (_seenRequests, _idleSeconds) = (_requests, 0);
        else if (++_idleSeconds > _path.Options.KeepAliveTimeout.TotalSeconds)
        {
            _isExpired = true;
            Wake();
        }
    }

    /// <summary>Lets it look whether it should end.</summary>
    public void Wake() => _input.CancelPendingRead();

    public void Abort() => _connection.Abort(new ConnectionAbortedException("The gateway stops"));

    public void Dispose()
    {
        _deadline.Dispose();
        Release();
        _path.Forget(this);
        _over.TrySetResult();
    }

    private async ValueTask<bool> ServeAsync()
    {
        while (!_path.IsStopping)
        {
            _isIdle = true;
            var read = await _input.ReadAsync();
            _isIdle = false;
            var buffer = read.Buffer;
            if (buffer.IsEmpty)
            {
                _input.AdvanceTo(buffer.End);
                if (read.IsCompleted || _isExpired) return false;
                continue;
            }
            var bytes = Gather(buffer);
            if (!TryBegin(bytes.Span))
            {
                _input.AdvanceTo(buffer.Start);
                return true;
            }
            var outcome = ForwardOutcome.Cancelled;
            try
            {
                outcome = await ForwardAsync(bytes);
            }
            finally
            {
                _path.Leave(_turn, outcome, _places.Method, _places.BodyLength, _response);
            }
            if (outcome is not ForwardOutcome.Done)
            {
                if (!MayBeAnswered(outcome)) return false;
                _input.AdvanceTo(buffer.Start);
                return true;
            }
            if (!await _response.FlushAsync())
            {
                // Nobody is to wait for what the client does not take.
                _connection.Abort(new ConnectionAbortedException("The client took no more of its response"));
                return false;
            }
            _deadline.End();
            _input.AdvanceTo(buffer.GetPosition(_places.Length));
            // Its time was up just when the response was complete: the next request needs a deadline of its own.
            if (_ended.IsCancellationRequested || _deadline.Token != _ended) return false;
        }
        return false;
    }

    // Mostly the request lies in one piece.
    private ReadOnlyMemory<byte> Gather(ReadOnlySequence<byte> buffer)
    {
        Release();
        if (buffer.IsSingleSegment) return buffer.First;
        var length = (int)Math.Min(buffer.Length, PlainRequest.MaxLength);
        _gathered = ArrayPool<byte>.Shared.Rent(length);
        buffer.Slice(0, length).CopyTo(_gathered);
        return _gathered.AsMemory(0, length);
    }

    private void Release()
    {
        if (_gathered is null) return;
        ArrayPool<byte>.Shared.Return(_gathered);
        _gathered = null;
    }

    private bool TryBegin(ReadOnlySpan<byte> bytes)
    {
        if (!PlainRequest.TryRead(bytes, _path.Options, out var request) || !_path.TryEnter(request, _hosts, _seesClusterLocal, out _turn)) return false;
        _places = request.Places;
        _begun = false;
        _requests++;
        _deadline.Begin(_turn.Settings, _turn.Received);
        return true;
    }

    private ValueTask<ForwardOutcome> ForwardAsync(ReadOnlyMemory<byte> bytes)
    {
        var pool = _path.Http1.PoolOf(_turn.Pod);
        var pod = pool.Take(careful: !RetryRule.IsRepeatable(_places.Method, _places.BodyLength is not null));
        return pod is null ? ConnectAndForwardAsync(pool, bytes) : ExchangeAsync(pool, pod, bytes);
    }

    private async ValueTask<ForwardOutcome> ConnectAndForwardAsync(ConnectionPool pool, ReadOnlyMemory<byte> bytes)
    {
        var pod = await _path.Http1.ConnectAsync(_turn.Pod, _ended);
        if (pod is not null) return await ExchangeAsync(pool, pod, bytes);
        return _ended.IsCancellationRequested ? ForwardOutcome.Cancelled : ForwardOutcome.ConnectFailed;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ForwardOutcome> ExchangeAsync(ConnectionPool pool, PodConnection pod, ReadOnlyMemory<byte> bytes)
    {
        var answered = false;
        ForwardOutcome outcome;
        // Whoever takes it out of the field ends it: this request, or its time.
        Interlocked.Exchange(ref _pod, pod);
        try
        {
            _ended.ThrowIfCancellationRequested();
            await pod.SendOutputAsync(Write(pod, bytes.Span));
            while (!ReadHead(pod))
            {
                if (!pod.Received(await pod.ReceiveAsync(ResponseHead.MaxLength))) throw new MalformedResponseException("no response");
                answered = true;
            }
            _deadline.ResponseStarted();
            _begun = true;
            _response.Begin(pod.Head, isHead: HttpMethods.IsHead(_places.Method), closes: _path.IsStopping);
            outcome = _response.Take(pod) || await _response.CopyAsync(pod, _deadline) ? ForwardOutcome.Done : ForwardOutcome.BrokenResponse;
        }
        catch (Exception e) when (PodErrors.IsConnectionError(e))
        {
            outcome = Judge(answered);
        }
        Finish(pool, pod, outcome);
        return outcome;
    }

    private int Write(PodConnection pod, ReadOnlySpan<byte> bytes)
    {
        var request = new PlainRequest(bytes, _places);
        return request.Forward(pod.Output(request.ForwardedLength(_clientLines), keep: 0), _clientLines);
    }

    // Interim responses are not passed on, as on the other way; nothing was asked for that 101 could grant.
    private static bool ReadHead(PodConnection pod)
    {
        while (pod.Head.Read(pod.Unread) is { } length)
        {
            pod.Consume(length);
            if (pod.Head.Status == StatusCodes.Status101SwitchingProtocols) throw new MalformedResponseException("the protocol changes unasked");
            if (pod.Head.Status >= StatusCodes.Status200OK) return true;
        }
        return false;
    }

    private ForwardOutcome Judge(bool answered)
    {
        if (_begun) return ForwardOutcome.BrokenResponse;
        if (_ended.IsCancellationRequested) return ForwardOutcome.Cancelled;
        return answered ? ForwardOutcome.MalformedResponse : ForwardOutcome.BrokenBeforeResponse;
    }

    private void Finish(ConnectionPool pool, PodConnection pod, ForwardOutcome outcome)
    {
        var isOurs = Interlocked.Exchange(ref _pod, null) is not null;
        if (isOurs && outcome == ForwardOutcome.Done && pod.Head.KeepAlive && _response.LeavesConnection && pod.Unread.IsEmpty) pool.Return(pod);
        else pod.Dispose();
        // One that broke says that the others are no better.
        if (outcome == ForwardOutcome.BrokenBeforeResponse) pool.Clear();
    }

    // What of the response is with the client cannot be taken back: only a cut tells it that this is not all.
    private bool MayBeAnswered(ForwardOutcome outcome)
    {
        if (_begun) _connection.Abort(new ConnectionAbortedException("The pod broke off in the middle of its response"));
        if (_begun || (outcome == ForwardOutcome.Cancelled && !_deadline.IsTimedOut)) return false;
        _connection.Features.Set(new FailedAttempt(_turn.Pod, outcome, _deadline.IsTimedOut, _turn.Received));
        return true;
    }

    // From whatever thread: ends waiting for the pod, and for a client that does not read.
    private void Stop()
    {
        Interlocked.Exchange(ref _pod, null)?.Abort();
        if (_begun) _connection.Transport.Output.CancelPendingFlush();
    }
}
