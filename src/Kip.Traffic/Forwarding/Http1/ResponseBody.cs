using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Kip.Traffic.Http;

namespace Kip.Traffic.Forwarding.Http1;

/// <summary>A response's body on its way to the client, each part as soon as it comes.</summary>
internal struct ResponseBody(ResponseHead head, PipeWriter writer)
{
    private const int MaxLine = 64 * 1024;
    private const int Part = 4096;

    private ChunkedBody _chunks;
    private long _left = head.ContentLength ?? long.MaxValue;

    /// <summary>Writes what has been read of it, without sending it. True when that was the end.</summary>
    /// <exception cref="MalformedResponseException">It is not in the right form.</exception>
    public bool Take(GatewayRequest request, PodConnection connection)
    {
        if (head.IsChunked)
        {
            var before = _chunks.Written;
            connection.Consume(_chunks.Take(connection.Unread, writer, request.Response));
            request.ResponseBytes += _chunks.Written - before;
            return _chunks.IsDone;
        }
        var here = (int)Math.Min(_left, connection.Unread.Length);
        if (here > 0) writer.Write(connection.Unread[..here]);
        connection.Consume(here);
        request.ResponseBytes += here;
        _left -= here;
        return _left == 0;
    }

    /// <summary>Copies all that is left.</summary>
    /// <returns>False when the client takes no more.</returns>
    /// <exception cref="IOException">The pod broke off, or the body is not in the right form.</exception>
    public readonly ValueTask<bool> CopyAsync(GatewayRequest request, PodConnection connection) =>
        head.IsChunked ? CopyChunksAsync(this, request, connection) : CopyBytesAsync(this, request, connection);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<bool> CopyBytesAsync(ResponseBody body, GatewayRequest request, PodConnection connection)
    {
        while (!body.Take(request, connection))
        {
            if (!await body.FlushAsync(request)) return false;
            // Straight from the one socket into the memory that the other sends from.
            var memory = body.Memory();
            var count = await connection.ReceiveAsync(memory);
            if (count == 0) return body.EndsHere() ? true : throw new MalformedResponseException("the response ended too early");
            body.Advance(count);
            request.ResponseBytes += count;
        }
        // The end of the request sends what is left only if nothing was sent before.
        return await body.FlushAsync(request);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<bool> CopyChunksAsync(ResponseBody body, GatewayRequest request, PodConnection connection)
    {
        while (!body.Take(request, connection))
        {
            if (!await body.FlushAsync(request)) return false;
            if (!connection.Received(await connection.ReceiveAsync(MaxLine))) throw new MalformedResponseException("the response ended too early");
        }
        return true;
    }

    private readonly bool EndsHere() => head.EndsWithConnection;

    private readonly Memory<byte> Memory()
    {
        var memory = writer.GetMemory(Part);
        return memory.Length > _left ? memory[..(int)_left] : memory;
    }

    private void Advance(int count)
    {
        writer.Advance(count);
        _left -= count;
    }

    private readonly async ValueTask<bool> FlushAsync(GatewayRequest request)
    {
        var flushed = await writer.FlushAsync();
        request.Deadline.Progress();
        return !flushed.IsCompleted && !flushed.IsCanceled;
    }
}
