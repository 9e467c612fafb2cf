using System.Net.WebSockets;
using Kip.Client.Pods;
using Kip.Resources;

namespace Kip.ApiServer.Http.Subresources.Exec;

/// <summary>A client that speaks over a WebSocket.</summary>
internal sealed class WebSocketExec : IExecConnection
{
    private readonly WebSocket _socket;
    private readonly CancellationTokenSource _gone;
    private readonly ExecChannels _channels;
    private readonly Task _reading;
    private bool _isClosed;

    public WebSocketExec(WebSocket socket, bool hasInput, CancellationToken cancel, CancellationToken stopping)
    {
        _socket = socket;
        _gone = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping);
        _channels = new ExecChannels(socket, hasInput);
        _reading = _channels.ReadAsync(_gone);
    }

    public IPodExecClient Client => _channels;

    public CancellationToken Gone => _gone.Token;

    public async Task CloseAsync(Status outcome, CancellationToken cancel)
    {
        await _channels.CloseAsync(outcome, cancel);
        await _reading;
        _isClosed = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isClosed) _socket.Abort();
        await _reading;
        _channels.Dispose();
        _gone.Dispose();
        _socket.Dispose();
    }
}
