using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Kip.Host.Commands.Conformance;

/// <summary>Answers a gRPC call, unary or streaming, with each of its messages and the suffix behind, as raw bytes.</summary>
internal static class GrpcEcho
{
    // One byte that says whether the message is compressed, four of its length.
    private const int Prefix = 5;

    public static async Task AnswerAsync(HttpContext context)
    {
        var suffix = Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("SUFFIX") ?? "");
        context.Response.ContentType = "application/grpc";
        context.Response.DeclareTrailer("grpc-status");
        // The client may wait for the headers before it sends its first message.
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        while (await ReadAsync(context.Request.BodyReader, context.RequestAborted) is { } message)
            await WriteAsync(context.Response.BodyWriter, [.. message, .. suffix], context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private static async ValueTask<byte[]?> ReadAsync(PipeReader reader, CancellationToken cancel)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancel);
            var buffer = read.Buffer;
            if (buffer.Length >= Prefix && buffer.Length >= Prefix + Length(buffer))
            {
                var message = buffer.Slice(Prefix, Length(buffer)).ToArray();
                reader.AdvanceTo(buffer.GetPosition(Prefix + message.Length));
                return message;
            }
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted) return null;
        }
    }

    private static int Length(ReadOnlySequence<byte> buffer)
    {
        Span<byte> prefix = stackalloc byte[Prefix];
        buffer.Slice(0, Prefix).CopyTo(prefix);
        return BinaryPrimitives.ReadInt32BigEndian(prefix[1..]);
    }

    private static async Task WriteAsync(PipeWriter writer, byte[] message, CancellationToken cancel)
    {
        var frame = new byte[Prefix + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame.AsSpan(Prefix));
        await writer.WriteAsync(frame, cancel);
        await writer.FlushAsync(cancel);
    }
}
