using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Kip.Client.Pods;
using Kip.Resources;

namespace Kip.ApiServer.Http.Subresources.Exec;

/// <summary>The numbered channels of a remote command over one WebSocket: the first byte of a message says which.</summary>
/// <remarks>
/// k8s.io/apimachinery/pkg/util/httpstream/wsstream: 0 input, 1 output, 2 errors, 3 the outcome, 4 the window's size, 255 the end of a channel.
/// </remarks>
internal sealed class ExecChannels(WebSocket socket, bool hasInput) : IPodExecClient, IDisposable
{
    private const byte Input = 0, Output = 1, Errors = 2, Outcome = 3, Size = 4, End = 255;
    private const int LargestMessage = 64 * 1024;

    // A program that does not read stops its client after so many pieces, as a pipe would.
    private readonly Channel<ReadOnlyMemory<byte>> _input = Channel.CreateBounded<ReadOnlyMemory<byte>>(16);
    private readonly SemaphoreSlim _sending = new(1, 1);
    private Action<int, int>? _resize;
    private (int Width, int Height)? _size;

    public async ValueTask<ReadOnlyMemory<byte>?> ReadInputAsync(CancellationToken cancel)
    {
        while (await _input.Reader.WaitToReadAsync(cancel))
            if (_input.Reader.TryRead(out var piece)) return piece;
        return null;
    }

    public async ValueTask WriteOutputAsync(bool isError, ReadOnlyMemory<byte> bytes, CancellationToken cancel) =>
        await SendAsync(isError ? Errors : Output, bytes, cancel);

    public void OnResize(Action<int, int> resize)
    {
        _resize = resize;
        if (_size is var (width, height)) resize(width, height);
    }

    /// <summary>Reads what the client sends until it goes.</summary>
    /// <param name="ended">Cancelled when it has gone.</param>
    public async Task ReadAsync(CancellationTokenSource ended)
    {
        var buffer = new byte[LargestMessage];
        try
        {
            while (socket.State is WebSocketState.Open or WebSocketState.CloseSent)
            {
                var length = 0;
                ValueWebSocketReceiveResult received;
                do
                {
                    received = await socket.ReceiveAsync(buffer.AsMemory(length), ended.Token);
                    length += received.Count;
                }
                while (!received.EndOfMessage && length < buffer.Length);
                if (received.MessageType == WebSocketMessageType.Close) break;
                if (length > 0) await TakeAsync(buffer.AsSpan(0, length).ToArray(), ended.Token);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // The client has gone.
        }
        _input.Writer.TryComplete();
        if (socket.State is not (WebSocketState.CloseSent or WebSocketState.Closed)) await ended.CancelAsync();
    }

    /// <summary>Tells how it ended and says farewell.</summary>
    public async Task CloseAsync(Status outcome, CancellationToken cancel)
    {
        try
        {
            await SendAsync(Outcome, JsonSerializer.SerializeToUtf8Bytes(outcome, WireJson.Of<Status>()), cancel);
            await _sending.WaitAsync(cancel);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancel);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // It has gone before it could be told.
        }
    }

    public void Dispose() => _sending.Dispose();

    private async Task TakeAsync(byte[] message, CancellationToken cancel)
    {
        switch (message[0])
        {
            case Input when hasInput && message.Length > 1:
                await _input.Writer.WriteAsync(message.AsMemory(1), cancel);
                break;
            case End when message is [_, Input, ..]:
                _input.Writer.TryComplete();
                break;
            case Size:
                Resize(message.AsSpan(1));
                break;
        }
    }

    private void Resize(ReadOnlySpan<byte> json)
    {
        if (SizeOf(json) is not var (width, height)) return;
        _size = (width, height);
        _resize?.Invoke(width, height);
    }

    /// <summary>Reads a window's size, <c>{"Width":80,"Height":24}</c>; null when it is malformed: the window stays as it was.</summary>
    internal static (int Width, int Height)? SizeOf(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var size = JsonDocument.ParseValue(ref reader);
            return (size.RootElement.GetProperty("Width").GetUInt16(), size.RootElement.GetProperty("Height").GetUInt16());
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private async Task SendAsync(byte channel, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        var message = new byte[bytes.Length + 1];
        message[0] = channel;
        bytes.CopyTo(message.AsMemory(1));
        await _sending.WaitAsync(cancel);
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancel);
        }
        catch (WebSocketException e)
        {
            throw new IOException(e.Message, e);
        }
        finally
        {
            _sending.Release();
        }
    }
}
