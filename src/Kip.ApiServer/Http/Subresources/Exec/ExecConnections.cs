using Kip.ApiServer.Http.Spdy;
using Kip.Client;

namespace Kip.ApiServer.Http.Subresources.Exec;

/// <summary>Opens a connection over whatever the client speaks: a WebSocket (kubectl since 1.29), or SPDY (kubectl before).</summary>
internal sealed class ExecConnections(TimeProvider time)
{
    private const string Protocol = "v4.channel.k8s.io";

    /// <exception cref="ApiException">The client speaks neither (400).</exception>
    /// <exception cref="IOException">It has gone again.</exception>
    public async Task<IExecConnection> OpenAsync(ApiCall call)
    {
        var asked = ExecStreams.Of(call);
        if (ExecHandshake.Read(call.Http) is { } handshake)
            return new WebSocketExec(await handshake.AcceptAsync(call.Http), asked.Stdin, call.Cancel, call.Stopping);
        if (SpdyUpgrade.Read(call.Http, Protocol) is not { } upgrade)
            throw ApiException.BadRequest("this is spoken over a WebSocket (v5.channel.k8s.io, v4.channel.k8s.io) or SPDY/3.1 (v4.channel.k8s.io): "
                + "ask for an upgrade to one of them, as kubectl does");
        var transport = await upgrade.AcceptAsync(call.Http);
        var session = new SpdySession(transport, time, call.Stopping);
        try
        {
            return await SpdyExec.OpenAsync(session, asked, time);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }
}
