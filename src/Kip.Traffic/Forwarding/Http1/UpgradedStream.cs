using System.Buffers;
using Kip.Traffic.Http;

namespace Kip.Traffic.Forwarding.Http1;

/// <summary>Two connections tied together after a switch of protocols (WebSocket): bytes go both ways until both sides have ended.</summary>
internal static class UpgradedStream
{
    private const int BufferSize = 16 * 1024;

    /// <summary>Runs until the pod ends, or breaks, or the client breaks. A client that ends its side may still listen.</summary>
    public static async Task RunAsync(GatewayRequest request, PodConnection connection, Stream client)
    {
        using var over = new CancellationTokenSource();
        var toPod = ToPodAsync(request, client, connection, over.Token);
        try
        {
            await ToClientAsync(request, connection, client);
        }
        catch (Exception e) when (PodErrors.IsConnectionError(e))
        {
            // Cut on one side, so on the other: neither must take it for a proper end.
            request.Context.Abort();
        }
        await over.CancelAsync();
        connection.Abort();
        await toPod;
    }

    private static async Task ToClientAsync(GatewayRequest request, PodConnection connection, Stream client)
    {
        do
        {
            if (connection.Unread.Length == 0) continue;
            await client.WriteAsync(connection.UnreadMemory);
            await client.FlushAsync();
            request.ResponseBytes += connection.Unread.Length;
            connection.Consume(connection.Unread.Length);
            request.Deadline.Progress();
        }
        while (connection.Received(await connection.ReceiveAsync(BufferSize)));
    }

    private static async Task ToPodAsync(GatewayRequest request, Stream client, PodConnection connection, CancellationToken over)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int count;
            while ((count = await client.ReadAsync(buffer, over)) > 0)
            {
                await connection.SendAsync(buffer.AsMemory(0, count));
                request.Deadline.Progress();
            }
            connection.EndSending();
        }
        catch (Exception e) when (PodErrors.IsConnectionError(e))
        {
            // One side has gone: the other need not wait for it.
            connection.Abort();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
