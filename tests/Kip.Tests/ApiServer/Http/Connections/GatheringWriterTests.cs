using System.Buffers;
using System.IO.Pipelines;
using Kip.ApiServer.Http.Connections;
using Shouldly;

namespace Kip.Tests.ApiServer.Http.Connections;

public class GatheringWriterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_is_written_arrives_whole_and_in_order_in_pieces_of_a_record(int seed)
    {
        var random = new Random(seed);
        var expected = new MemoryStream();
        var stream = new RecordingStream();
        var writer = new GatheringWriter(PipeWriter.Create(stream));
        for (var i = 0; i < 200; i++)
        {
            var part = new byte[random.Next(0, random.Next(10) == 0 ? 70_000 : 3_000)];
            random.NextBytes(part);
            writer.Write(part);
            expected.Write(part);
            if (random.Next(4) == 0) await writer.FlushAsync(Cancel);
        }
        await writer.CompleteAsync();

        stream.Content.ToArray().ShouldBe(expected.ToArray());
        stream.Largest.ShouldBeInRange(1, GatheringWriter.PieceBytes);
        writer.UnflushedBytes.ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task A_piece_that_must_be_in_one_may_be_larger_than_a_record()
    {
        var stream = new RecordingStream();
        var writer = new GatheringWriter(PipeWriter.Create(stream));

        writer.GetMemory(100_000).Length.ShouldBeGreaterThanOrEqualTo(100_000);
        writer.Advance(100_000);
        writer.UnflushedBytes.ShouldBe(100_000);
        await writer.FlushAsync(Cancel);

        stream.Largest.ShouldBe(100_000);
        writer.UnflushedBytes.ShouldBe(0);
    }

    private sealed class RecordingStream : Stream
    {
        public MemoryStream Content { get; } = new();

        public int Largest { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Content.Length;

        public override long Position { get => Content.Position; set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            Largest = Math.Max(Largest, count);
            Content.Write(buffer, offset, count);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Largest = Math.Max(Largest, buffer.Length);
            Content.Write(buffer.Span);
            return default;
        }
    }
}
