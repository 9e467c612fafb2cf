using System.Runtime.CompilerServices;
using Kip.Traffic.Http;
using Kip.Traffic.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kip.Traffic.Forwarding.Http1;

/// <summary>One request and its response over one connection to a pod. Used again for the connection's next request.</summary>
internal sealed class Exchange(PodConnection connection, TimeProvider time)
{
    private readonly ResponseHead _head = connection.Head;
    private GatewayRequest _request = null!;
    private BodySending? _sending;
    private bool _answered;
    private bool _copied;
    private bool _hasBody;
    private bool _reusable;
    private Task _started = Task.CompletedTask;
    private ResponseBody _body;

    /// <summary>Sends the request, passes the response on, and puts the connection back into the pool or closes it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ForwardOutcome> RunAsync(ConnectionPool pool, GatewayRequest request, SplitTarget target)
    {
        (_request, _sending, _answered, _copied, _reusable) = (request, null, false, false, false);
        // From here the end of the client's connection, or of the time, ends this one too.
        var ended = request.Deadline.Token.UnsafeRegister(static state => ((PodConnection)state!).Abort(), connection);
        ForwardOutcome outcome;
        try
        {
            var upgrade = Upgrades(request);
            var body = upgrade ? RequestBodyKind.None : request.BodyKind;
            await connection.SendOutputAsync(new RequestHeadWriter(connection).Write(request, target, body, upgrade));
            request.Forwarded();
            if (body != RequestBodyKind.None) _sending = BodySending.Start(request, connection, body, time);
            while (!ReadHead())
            {
                if (!connection.Received(await connection.ReceiveAsync(ResponseHead.MaxLength))) throw new MalformedResponseException("no response");
                _answered = true;
            }
            if (_head.Status == StatusCodes.Status101SwitchingProtocols && upgrade) outcome = await SwitchAsync();
            else outcome = TryCopyWhole() ? ForwardOutcome.Done : await CopyRestAsync();
        }
        catch (Exception e) when (PodErrors.IsConnectionError(e) || e is InvalidOperationException)
        {
            outcome = await FailAsync();
        }
        // Waits for an ending that is under way, so that it does not meet the next request.
        ended.Dispose();
        Finish(pool, outcome);
        return outcome;
    }

    private static bool Upgrades(GatewayRequest request)
    {
        var protocol = request.Http.Headers.Upgrade;
        // The switch to HTTP/2 is for each hop to make, and this one does not.
        if (protocol.Count == 0 || protocol.ToString().Equals("h2c", StringComparison.OrdinalIgnoreCase)) return false;
        return request.Context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true;
    }

    // Interim responses are not passed on: the HTTP server has no way to send them.
    private bool ReadHead()
    {
        while (_head.Read(connection.Unread) is { } length)
        {
            connection.Consume(length);
            if (_head.Status is >= 200 or StatusCodes.Status101SwitchingProtocols) return true;
            if (_head.Status == StatusCodes.Status100Continue) _sending?.Continue();
        }
        return false;
    }

    // Most responses come in one piece, and most requests have no body: then there is nothing to wait for.
    private bool TryCopyWhole()
    {
        _head.CopyTo(_request.Response, keepUpgrade: false);
        _copied = true;
        _request.ResponseStarted();
        _hasBody = _head.Status is not (204 or 304) && !HttpMethods.IsHead(_request.Http.Method);
        var whole = true;
        if (_hasBody)
        {
            // Starting puts the headers into the connection's buffer, so that what follows is written behind them without a copy; it sends nothing yet.
            var response = _request.Context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
            _started = response.StartAsync();
            _body = new(_head, response.Writer);
            whole = _started.IsCompletedSuccessfully && _body.Take(_request, connection);
        }
        if (!whole || _sending is not null) return false;
        SetReusable(sent: true);
        return true;
    }

    private async ValueTask<ForwardOutcome> CopyRestAsync()
    {
        if (_hasBody)
        {
            await _started;
            if (!await _body.CopyAsync(_request, connection)) return await StoppedAsync();
        }
        SetReusable(sent: _sending is null || await _sending.EndAsync());
        return ForwardOutcome.Done;
    }

    private void SetReusable(bool sent) =>
        _reusable = sent && _head.KeepAlive && !(_hasBody && _head.EndsWithConnection) && connection.Unread.Length == 0;

    private async ValueTask<ForwardOutcome> SwitchAsync()
    {
        _head.CopyTo(_request.Response, keepUpgrade: true);
        _copied = true;
        _request.ResponseStarted();
        var pod = _request.Pod;
        pod?.Switched();
        try
        {
            await UpgradedStream.RunAsync(_request, connection, await _request.Context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync());
        }
        finally
        {
            pod?.SwitchEnded();
        }
        return ForwardOutcome.Done;
    }

    private async ValueTask<ForwardOutcome> StoppedAsync()
    {
        connection.Abort();
        if (_sending is not null) await _sending.StopAsync();
        return ForwardOutcome.Cancelled;
    }

    private async ValueTask<ForwardOutcome> FailAsync()
    {
        connection.Abort();
        if (_sending is not null) await _sending.StopAsync();
        // What the client has of the response is not all: only a cut tells it so.
        if (_copied) _request.Context.Abort();
        if (_request.Deadline.Token.IsCancellationRequested) return ForwardOutcome.Cancelled;
        if (_copied) return ForwardOutcome.BrokenResponse;
        if (_sending is { ClientFailed: true }) return ForwardOutcome.BadRequestBody;
        return _answered ? ForwardOutcome.MalformedResponse : ForwardOutcome.BrokenBeforeResponse;
    }

    // A connection on which both messages ended where they should serves the next request.
    private void Finish(ConnectionPool pool, ForwardOutcome outcome)
    {
        if (_reusable && outcome == ForwardOutcome.Done && !_request.Deadline.Token.IsCancellationRequested) pool.Return(connection);
        else connection.Dispose();
        // One that broke says that the others are no better.
        if (outcome == ForwardOutcome.BrokenBeforeResponse) pool.Clear();
    }
}
