using System.Net.WebSockets;
using System.Text.Json;
using Kip.Resources;

namespace Kip.Client.Http;

/// <summary>A program that runs in a container, its streams over one WebSocket (<c>v5.channel.k8s.io</c>).</summary>
/// <remarks>Sending and receiving may go on side by side; each of them by one caller at a time.</remarks>
public sealed class ExecSession : IDisposable
{
    /// <summary>The protocol's name.</summary>
    public const string Protocol = "v5.channel.k8s.io";

    private const byte Input = 0, Output = 1, Outcome = 3, Size = 4, End = 255;
    private readonly ClientWebSocket _socket;
    private readonly SemaphoreSlim _sending = new(1, 1);

    internal ExecSession(ClientWebSocket socket) => _socket = socket;

    /// <summary>Sends a piece of input; nothing ends it.</summary>
    public Task SendInputAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) =>
        bytes.IsEmpty ? SendAsync([End, Input], cancel) : SendAsync([Input, .. bytes.Span], cancel);

    /// <summary>Tells how large the terminal's window is.</summary>
    public Task ResizeAsync(int columns, int rows, CancellationToken cancel) =>
        SendAsync([Size, .. System.Text.Encoding.ASCII.GetBytes($"{{\"Width\":{columns},\"Height\":{rows}}}")], cancel);

    /// <summary>Hands on what the program writes until it ends.</summary>
    /// <param name="write">Gets each piece, and whether it is of the error output.</param>
    /// <param name="cancel">Leaves it.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="ApiException">It could not be run.</exception>
    /// <exception cref="WebSocketException">The connection broke.</exception>
    public async Task<int> ReceiveAsync(Action<bool, ReadOnlySpan<byte>> write, CancellationToken cancel)
    {
        var buffer = new byte[128 * 1024];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult received;
            do
            {
                received = await _socket.ReceiveAsync(buffer.AsMemory(length), cancel);
                length += received.Count;
            }
            while (!received.EndOfMessage && length < buffer.Length);
            if (received.MessageType == WebSocketMessageType.Close)
                throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely, "the server ended the connection before the program ended");
            if (length == 0) continue;
            if (buffer[0] == Outcome) return CodeOf(buffer.AsSpan(1, length - 1));
            write(buffer[0] != Output, buffer.AsSpan(1, length - 1));
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _sending.Dispose();
    }

    private static int CodeOf(ReadOnlySpan<byte> json)
    {
        var status = JsonSerializer.Deserialize(json, WireJson.Of<Status>());
        if (status is { State: "Success" }) return 0;
        foreach (var cause in status?.Details?.Causes ?? [])
            if (cause.Reason == "ExitCode" && int.TryParse(cause.Message, out var code)) return code;
        throw new ApiException(status ?? new Status { State = "Failure", Message = "the server said nothing about the program's end" });
    }

    private async Task SendAsync(byte[] message, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel);
        try
        {
            await _socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancel);
        }
        finally
        {
            _sending.Release();
        }
    }
}
