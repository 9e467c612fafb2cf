using System.Net.WebSockets;
using System.Text;
using Kip.Client.Pods;
using Kip.Testing.Time;
using Kip.Testing.Traffic;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>A pod that is to end while somebody has a WebSocket open to it.</summary>
public sealed class WebSocketDrainTests : GatewayTest
{
    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    [Fact]
    public async Task A_pod_that_goes_is_asked_to_end_though_a_WebSocket_is_open_once_it_has_been_quiet()
    {
        var go = new TaskCompletionSource();
        var pod = await ServeAsync(async context =>
        {
            if (!context.WebSockets.IsWebSocketRequest)
            {
                await go.Task;
                return;
            }
            await EchoAsync(context);
        });
        using var socket = await ConnectAsync();
        var slow = GetAsync("/slow");
        await Eventually(() => pod.Now == 2);

        var drained = ((IPodDrain)Bed.Gateway).DrainAsync(TrafficObjects.Name("app-1-a"), "pod-app-1-a", Cancel);
        (await EchoedAsync(socket, "still here")).ShouldBe("still here");
        _time.Advance(TimeSpan.FromMinutes(1));
        drained.IsCompleted.ShouldBeFalse("a request is under way, though the time for WebSockets is over");
        go.SetResult();
        (await slow).Dispose();

        await drained.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        (await EchoedAsync(socket, "after that")).ShouldBe("after that", "it is for the program to close it");
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", Cancel);
        await Eventually(() => Bed.Gateway.RequestsInFlight == 0);
    }

    [Fact]
    public async Task A_WebSocket_that_is_closed_meanwhile_holds_up_nothing()
    {
        await ServeAsync(EchoAsync);
        using var socket = await ConnectAsync();
        var drained = ((IPodDrain)Bed.Gateway).DrainAsync(TrafficObjects.Name("app-1-a"), "pod-app-1-a", Cancel);

        drained.IsCompleted.ShouldBeFalse();
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", Cancel);

        await drained.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
    }

    private async Task<ClientWebSocket> ConnectAsync()
    {
        var client = new ClientWebSocket();
        client.Options.SetRequestHeader("Host", Host);
        await client.ConnectAsync(new Uri($"ws://{Bed.Gateway.EndPoint}/chat"), Cancel);
        return client;
    }

    private static async Task<string> EchoedAsync(ClientWebSocket socket, string text)
    {
        var buffer = new byte[100];
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Cancel);
        var got = await socket.ReceiveAsync(buffer, Cancel);
        return Encoding.UTF8.GetString(buffer, 0, got.Count);
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[100];
        WebSocketReceiveResult got;
        while (!(got = await socket.ReceiveAsync(buffer, default)).CloseStatus.HasValue)
            await socket.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, default);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", default);
    }
}
