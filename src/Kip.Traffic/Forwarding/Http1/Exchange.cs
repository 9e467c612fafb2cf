using System.Runtime.CompilerServices;
using Kip.Traffic.Http;
using Kip.Traffic.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kip.Traffic.Forwarding.Http1;

/// <summary>One request and its response over one connection to a pod. Used again for the connection's next request.</summary>
internal sealed class Exchange(PodConnection connection, TimeProvider time)
{
    private const int MaxHead = 64 * 1024;

    private readonly ResponseHead _head = new();
    private GatewayRequest _request = null!;
    private BodySending? _sending;
    private bool _answered;
    private bool _copied;

    /// <summary>Whether the connection may serve another request: both messages ended where they should.</summary>
    public bool IsReusable { get; private set; }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ForwardOutcome> RunAsync(GatewayRequest request, SplitTarget target)
    {
        (_request, _sending, _answered, _copied, IsReusable) = (request, null, false, false, false);
        try
        {
            var upgrade = Upgrades(request);
            var body = upgrade ? RequestBodyKind.None : request.BodyKind;
            await connection.SendOutputAsync(new RequestHeadWriter(connection).Write(request, target, body, upgrade));
            request.Forwarded();
            if (body != RequestBodyKind.None) _sending = BodySending.Start(request, connection, body, time);
            await ReceiveHeadAsync();
            if (_head.Status == StatusCodes.Status101SwitchingProtocols && upgrade) return await SwitchAsync();
            return await CopyResponseAsync();
        }
        catch (Exception e) when (PodErrors.IsConnectionError(e) || e is InvalidOperationException)
        {
            connection.Abort();
            if (_sending is not null) await _sending.StopAsync();
            return Failed();
        }
    }

    private static bool Upgrades(GatewayRequest request)
    {
        var protocol = request.Http.Headers.Upgrade;
        // The switch to HTTP/2 is for each hop to make, and this one does not.
        if (protocol.Count == 0 || protocol.ToString().Equals("h2c", StringComparison.OrdinalIgnoreCase)) return false;
        return request.Context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true;
    }

    private async ValueTask ReceiveHeadAsync()
    {
        do
        {
            int? length;
            while ((length = _head.Read(connection.Unread)) is null)
            {
                if (!await connection.ReceiveAsync(MaxHead)) throw new MalformedResponseException("the connection ended before the response");
                _answered = true;
            }
            connection.Consume(length.Value);
            if (_head.Status == StatusCodes.Status100Continue) _sending?.Continue();
            // Interim responses are not passed on: the HTTP server has no way to send them.
        }
        while (_head.Status < 200 && _head.Status != StatusCodes.Status101SwitchingProtocols);
    }

    private async ValueTask<ForwardOutcome> CopyResponseAsync()
    {
        _head.CopyTo(_request.Response, keepUpgrade: false);
        _copied = true;
        _request.ResponseStarted();
        var hasBody = _head.Status is not (204 or 304 or 101) && !HttpMethods.IsHead(_request.Http.Method);
        // Starting puts the headers into the connection's buffer, so that what follows is written behind them without a copy; it sends nothing yet.
        if (hasBody) await _request.Context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().StartAsync();
        if (hasBody && !await ResponseBodyCopier.CopyAsync(_request, connection, _head)) return await StoppedAsync();
        var sent = _sending is null || await _sending.EndAsync();
        IsReusable = sent && _head.KeepAlive && !(hasBody && _head.EndsWithConnection) && connection.Unread.Length == 0;
        return ForwardOutcome.Done;
    }

    private async ValueTask<ForwardOutcome> SwitchAsync()
    {
        _head.CopyTo(_request.Response, keepUpgrade: true);
        _copied = true;
        _request.ResponseStarted();
        await UpgradedStream.RunAsync(_request, connection, await _request.Context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync());
        return ForwardOutcome.Done;
    }

    private async ValueTask<ForwardOutcome> StoppedAsync()
    {
        connection.Abort();
        if (_sending is not null) await _sending.StopAsync();
        return ForwardOutcome.Cancelled;
    }

    private ForwardOutcome Failed()
    {
        // What the client has of the response is not all: only a cut tells it so.
        if (_copied) _request.Context.Abort();
        if (_request.Deadline.Token.IsCancellationRequested) return ForwardOutcome.Cancelled;
        if (_copied) return ForwardOutcome.BrokenResponse;
        if (_sending is { ClientFailed: true }) return ForwardOutcome.BadRequestBody;
        return _answered ? ForwardOutcome.MalformedResponse : ForwardOutcome.BrokenBeforeResponse;
    }
}
