using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using Kip.Traffic.Activation;
using Kip.Traffic.Forwarding.Http1;
using Microsoft.AspNetCore.Http;

namespace Kip.Traffic.Direct;

/// <summary>A pod's response on its way into a client's connection, head and body. Used again for the connection's next response.</summary>
internal sealed class DirectResponse(DirectOutput output, TimeProvider time)
{
    private const int MaxLine = 64 * 1024;
    private const int Part = 32 * 1024;

    // After so many parts without a wait others get their turn.
    private const int Turn = 16;

    private readonly ArrayBufferWriter<byte> _piece = new();
    private ChunkedBody _chunks;
    private DirectBody _body;
    private long _left;

    public int Status { get; private set; }

    /// <summary>Bytes of the body so far, without framing.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether the body ended before the connection to the pod.</summary>
    public bool LeavesConnection => _body != DirectBody.UntilClose;

    /// <summary>Writes the head, without sending it.</summary>
    /// <param name="head">The pod's.</param>
    /// <param name="isHead">Whether the request was HEAD: no body follows whatever the head says.</param>
    /// <param name="closes">Whether the client's connection ends after this response.</param>
    public void Begin(ResponseHead head, bool isHead, bool closes)
    {
        (Status, Bytes, _chunks, _left) = (head.Status, 0, default, head.ContentLength ?? 0);
        _body = isHead || head.Status is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified ? DirectBody.None
            : head.IsChunked ? DirectBody.Chunked
            : head.ContentLength is null ? DirectBody.UntilClose
            : DirectBody.Length;
        DirectHead.Write(output, head, chunked: _body is DirectBody.Chunked or DirectBody.UntilClose, closes, time);
    }

    /// <summary>Writes what has been read of the body, without sending it. True when that was the end.</summary>
    /// <exception cref="MalformedResponseException">It is not in the right form.</exception>
    public bool Take(PodConnection pod)
    {
        switch (_body)
        {
            case DirectBody.Chunked:
                pod.Consume(_chunks.Take(pod.Unread, _piece, response: null));
                WriteChunk(_piece.WrittenSpan);
                _piece.ResetWrittenCount();
                if (_chunks.IsDone) WriteEnd();
                return _chunks.IsDone;
            case DirectBody.UntilClose:
                WriteChunk(pod.Unread);
                pod.Consume(pod.Unread.Length);
                return false;
            case DirectBody.Length:
                var here = (int)Math.Min(_left, pod.Unread.Length);
                output.Write(pod.Unread[..here]);
                pod.Consume(here);
                Count(here);
                return _left == 0;
            default:
                return true;
        }
    }

    /// <summary>Copies all that is left of the body; its last bytes are not sent yet.</summary>
    /// <returns>False when the client takes no more.</returns>
    /// <exception cref="IOException">The pod broke off, or the body is not in the right form.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> CopyAsync(PodConnection pod, RequestDeadline deadline)
    {
        for (var parts = 1; ; parts++)
        {
            if (!await output.FlushAsync()) return false;
            deadline.Progress();
            if (parts % Turn == 0) await Task.Yield();
            if (_body == DirectBody.Length) await ReceiveAsync(pod);
            else if (!pod.Received(await pod.ReceiveAsync(MaxLine))) return End();
            if (Take(pod)) return true;
        }
    }

    // Straight from the one socket into the memory that the other sends from.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReceiveAsync(PodConnection pod)
    {
        var memory = output.GetMemory((int)Math.Min(_left, Part));
        var count = await pod.ReceiveAsync(memory.Length > _left ? memory[..(int)_left] : memory);
        if (count == 0) throw new MalformedResponseException("the response ended too early");
        output.Advance(count);
        Count(count);
    }

    private bool End()
    {
        if (_body != DirectBody.UntilClose) throw new MalformedResponseException("the response ended too early");
        WriteEnd();
        return true;
    }

    private void Count(int bytes)
    {
        Bytes += bytes;
        _left -= bytes;
    }

    private void WriteChunk(ReadOnlySpan<byte> bytes)
    {
        // An empty chunk would be the end.
        if (bytes.IsEmpty) return;
        var line = output.GetSpan(18);
        Utf8Formatter.TryFormat(bytes.Length, line, out var digits, new StandardFormat('x'));
        "\r\n"u8.CopyTo(line[digits..]);
        output.Advance(digits + 2);
        output.Write(bytes);
        output.Write("\r\n"u8);
        Bytes += bytes.Length;
    }

    private void WriteEnd() => output.Write("0\r\n\r\n"u8);
}

/// <summary>How the end of a response's body is found.</summary>
internal enum DirectBody
{
    None,
    Length,
    Chunked,

    /// <summary>With the end of the connection.</summary>
    UntilClose,
}
