using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Kip.Traffic.Activation;
using Kip.Traffic.Forwarding;
using Kip.Traffic.Forwarding.Http1;
using Kip.Traffic.Http;
using Kip.Traffic.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Kip.Traffic.Direct;

/// <summary>A client's connection on the direct path: one plain request after the other, until one comes that is not plain.</summary>
internal sealed class DirectConnection : IDisposable
{
    // A client that takes fewer than 240 bytes a second for longer than 5 s is cut off, as by the HTTP server; while the system takes nothing of a part
    // of a response, the client is taking less than that part.
    private const int MaxWaitSeconds = 5 + (32 * 1024 / 240);

    private readonly DirectPath _path;
    private readonly LoopSocket _client;
    private readonly bool _seesClusterLocal;
    private readonly DirectInput _input;
    private readonly DirectOutput _output;
    private readonly DirectResponse _response;
    private readonly RequestDeadline _deadline;
    private readonly CancellationToken _ended;
    private readonly byte[] _clientLines;
    private readonly HostMemo _hosts = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PlainRequest.Shape _places;
    private DirectTurn _turn;
    private PodConnection? _pod;
    private FailedAttempt? _failed;
    private volatile bool _begun;
    private volatile bool _isIdle;
    private volatile bool _isExpired;
    private int _requests;
    private int _seenRequests;
    private int _idleSeconds;
    private int _seenWait;
    private int _waitSeconds;

    /// <param name="accepted">Is its own from now on.</param>
    public DirectConnection(DirectPath path, Socket accepted, GatewayListener listener)
    {
        (_path, _seesClusterLocal) = (path, listener.ServesClusterLocal);
        _clientLines = ClientIdentity.Of((accepted.RemoteEndPoint as IPEndPoint)?.Address, "http").Lines;
        _client = new(accepted, EventLoop.Next());
        _input = new(_client);
        _output = new(_client);
        _response = new(_output, path.Time);
        _deadline = new(path.Time, keepsTimer: true);
        _ended = _deadline.Token;
    }

    /// <summary>Completes when it has been disposed.</summary>
    public Task Ended => _over.Task;

    /// <summary>Whether a request has been served here.</summary>
    public bool IsUsed => _requests > 0;

    /// <summary>What has been read and not been served.</summary>
    public ReadOnlyMemory<byte> Unread => _input.Unread;

    /// <summary>Serves requests until the connection ends (false), or something comes that is for the HTTP server (true).</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<bool> RunAsync()
    {
        // The end of the client's connection, or of a request's time, ends what the pod is doing.
        _client.WhenPeerEnds(_deadline.Cancel);
        using (_ended.UnsafeRegister(static state => ((DirectConnection)state!).Stop(), this)) return await ServeAsync();
    }

    /// <summary>Gives the connection away, with what has been read of it and not been served.</summary>
    /// <exception cref="ObjectDisposedException">It was closed here.</exception>
    public ConnectionContext HandOver(SocketConnectionContextFactory server)
    {
        var socket = _client.Release() ?? throw new ObjectDisposedException(nameof(DirectConnection));
        ConnectionContext connection;
        try
        {
            connection = server.Create(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        if (!_input.IsEmpty) connection.Transport = new BegunTransport(Unread.ToArray(), connection.Transport);
        connection.Features.Set(_failed);
        return connection;
    }

    /// <summary>Ends the connection if it has been idle for too long, or if its client does not read. Called once a second.</summary>
    public void Prune()
    {
        if (_output.Wait is not { } wait || wait != _seenWait) (_seenWait, _waitSeconds) = (_output.Wait ?? 0, 0);
        else if (++_waitSeconds > MaxWaitSeconds) _client.Cut();
        var patience = IsUsed ? _path.Options.KeepAliveTimeout : _path.Options.RequestHeadersTimeout;
        if (!_isIdle || _requests != _seenRequests) (_seenRequests, _idleSeconds) = (_requests, 0);
        else if (++_idleSeconds > patience.TotalSeconds)
        {
            _isExpired = true;
            Wake();
        }
    }

    /// <summary>Lets it look whether it should end.</summary>
    public void Wake() => _client.StopReading();

    /// <summary>Cuts it off, whatever it does.</summary>
    public void Abort() => _client.Cut();

    public void Dispose()
    {
        _deadline.Dispose();
        Interlocked.Exchange(ref _pod, null)?.Abort();
        _input.Dispose();
        _output.Dispose();
        _client.Dispose();
        _path.Forget(this);
        _over.TrySetResult();
    }

    private async ValueTask<bool> ServeAsync()
    {
        while (!_path.IsStopping)
        {
            if (_input.IsEmpty && !_input.TryReceive())
            {
                if (_input.IsEnded || _isExpired) return false;
                _isIdle = true;
                await _client.ReadableAsync();
                _isIdle = false;
                continue;
            }
            if (!TryBegin()) return true;
            var outcome = ForwardOutcome.Cancelled;
            try
            {
                outcome = await ForwardAsync(_input.Unread);
            }
            finally
            {
                _path.Leave(_turn, outcome, _places.Method, _places.BodyLength, _response);
            }
            if (outcome is not ForwardOutcome.Done) return MayBeAnswered(outcome);
            if (!await _output.FlushAsync())
            {
                // Nobody is to wait for what the client does not take.
                _client.Cut();
                return false;
            }
            _deadline.End();
            _input.Consume(_places.Length);
            // Its time was up just when the response was complete: the next request needs a deadline of its own.
            if (_ended.IsCancellationRequested || _deadline.Token != _ended) return false;
        }
        return false;
    }

    // What is incomplete may only lie across what was read at once.
    private bool TryBegin()
    {
        PlainRequest request;
        while (!PlainRequest.TryRead(_input.Unread.Span, _path.Options, out request))
            if (!_input.TryReceive()) return false;
        if (!_path.TryEnter(request, _hosts, _seesClusterLocal, out _turn)) return false;
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
        if (_begun) _client.Cut();
        if (_begun || (outcome == ForwardOutcome.Cancelled && !_deadline.IsTimedOut)) return false;
        _failed = new(_turn.Pod, outcome, _deadline.IsTimedOut, _turn.Received);
        return true;
    }

    // From whatever thread: ends waiting for the pod, and for a client that does not read.
    private void Stop()
    {
        Interlocked.Exchange(ref _pod, null)?.Abort();
        if (_begun) _output.Stop();
    }
}
