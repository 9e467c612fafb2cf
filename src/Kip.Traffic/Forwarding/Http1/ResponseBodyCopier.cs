using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Kip.Traffic.Http;

namespace Kip.Traffic.Forwarding.Http1;

/// <summary>Copies a response's body to the client, each part as soon as it comes.</summary>
internal static class ResponseBodyCopier
{
    private const int MaxLine = 64 * 1024;

    /// <returns>False when the client takes no more.</returns>
    /// <exception cref="IOException">The pod broke off, or the body is not in the right form.</exception>
    public static ValueTask<bool> CopyAsync(GatewayRequest request, PodConnection connection, ResponseHead head)
    {
        var writer = request.Response.BodyWriter;
        if (head.IsChunked) return CopyChunksAsync(request, connection, writer);
        var length = head.ContentLength ?? long.MaxValue;
        var here = (int)Math.Min(length, connection.Unread.Length);
        if (here > 0)
        {
            writer.Write(connection.Unread[..here]);
            connection.Consume(here);
        }
        // A body that came with its head goes out with it too, when the request is completed.
        return here == length ? new(true) : CopyRestAsync(request, connection, writer, length - here, head.ContentLength is null);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<bool> CopyRestAsync(
        GatewayRequest request, PodConnection connection, PipeWriter writer, long left, bool untilEnd)
    {
        if (!await FlushAsync(request, writer)) return false;
        while (left > 0)
        {
            var memory = writer.GetMemory(4096);
            if (memory.Length > left) memory = memory[..(int)left];
            var count = await connection.ReceiveAsync(memory);
            if (count == 0) return untilEnd ? true : throw new MalformedResponseException("the response ended too early");
            writer.Advance(count);
            left -= count;
            if (!await FlushAsync(request, writer)) return false;
        }
        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<bool> CopyChunksAsync(GatewayRequest request, PodConnection connection, PipeWriter writer)
    {
        var body = new ChunkedBody();
        while (true)
        {
            connection.Consume(body.Take(connection.Unread, writer, request.Response));
            if (body.IsDone) return true;
            if (!await FlushAsync(request, writer)) return false;
            if (!await connection.ReceiveAsync(MaxLine)) throw new MalformedResponseException("the response ended too early");
        }
    }

    private static async ValueTask<bool> FlushAsync(GatewayRequest request, PipeWriter writer)
    {
        var flushed = await writer.FlushAsync();
        request.Deadline.Progress();
        return !flushed.IsCompleted && !flushed.IsCanceled;
    }
}
