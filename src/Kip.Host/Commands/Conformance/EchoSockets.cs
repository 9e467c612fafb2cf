using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Kip.Host.Commands.Conformance;

/// <summary>WebSockets that answer each text message with itself and a suffix, after <c>?delay=SECONDS</c>.</summary>
internal sealed class EchoSockets(string suffix)
{
    private readonly ConcurrentDictionary<WebSocket, bool> _open = new();

    public async Task AnswerAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = 426;
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        _open[socket] = true;
        try
        {
            var delay = double.TryParse(context.Request.Query["delay"], out var seconds) ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 120)) : TimeSpan.Zero;
            await EchoAsync(socket, delay, context.RequestAborted);
        }
        catch (WebSocketException)
        {
            // The other side went without a word.
        }
        finally
        {
            _open.TryRemove(socket, out _);
        }
    }

    /// <summary>Says good-bye on every open socket.</summary>
    public async Task CloseAsync()
    {
        foreach (var socket in _open.Keys)
        {
            try
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "the server ends", CancellationToken.None);
            }
            catch (WebSocketException)
            {
                // It is gone already.
            }
        }
    }

    private async Task EchoAsync(WebSocket socket, TimeSpan delay, CancellationToken cancel)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var message = await socket.ReceiveAsync(buffer.AsMemory(), cancel);
            if (message.MessageType == WebSocketMessageType.Close)
            {
                if (socket.State == WebSocketState.CloseReceived) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancel);
                return;
            }
            await Task.Delay(delay, cancel);
            var answer = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(buffer, 0, message.Count) + suffix);
            await socket.SendAsync(answer, WebSocketMessageType.Text, endOfMessage: true, cancel);
        }
    }
}
