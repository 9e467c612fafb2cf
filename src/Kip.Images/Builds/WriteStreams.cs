using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Kip.Images.Storage;

namespace Kip.Images.Builds;

/// <summary>A blob under way as something to write to.</summary>
internal sealed class BlobStream(BlobWriter blob) : WriteStream
{
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        new(blob.AppendAsync(buffer, cancellationToken));

    // The compressor's last bytes, when it is closed.
    public override void Write(byte[] buffer, int offset, int count) =>
        blob.AppendAsync(buffer.AsMemory(offset, count), CancellationToken.None).GetAwaiter().GetResult();
}

/// <summary>Passes on what is written and hashes it.</summary>
internal sealed class HashedStream(Stream next, IncrementalHash hash) : WriteStream
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        hash.AppendData(buffer.Span);
        await next.WriteAsync(buffer, cancellationToken);
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        hash.AppendData(buffer, offset, count);
        next.Write(buffer, offset, count);
    }
}

/// <summary>The part of a stream that cannot be done when it is only written to.</summary>
internal abstract class WriteStream : Stream
{
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public abstract override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default);
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}

[JsonSerializable(typeof(JsonObject))]
internal sealed partial class BuildJson : JsonSerializerContext;
