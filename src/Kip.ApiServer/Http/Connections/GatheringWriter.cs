using System.Buffers;
using System.IO.Pipelines;

namespace Kip.ApiServer.Http.Connections;

/// <summary>Hands on what is written in pieces as large as a TLS record may be.</summary>
/// <remarks>
/// Kestrel's own buffer has blocks of 4 KB, and each would be encrypted, framed and sent on its own: a list of 20 MB would be five thousand
/// records. A connection that is quiet holds no buffer.
/// </remarks>
internal sealed class GatheringWriter(PipeWriter inner) : PipeWriter
{
    /// <summary>The most that one TLS record carries.</summary>
    public const int PieceBytes = 16 * 1024;

    private readonly Queue<Piece> _full = [];
    private byte[]? _filling;
    private int _filled;
    private long _unflushed;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, (_filling?.Length ?? 0) - _filled);
        _filled += bytes;
        _unflushed += bytes;
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        var wanted = Math.Max(sizeHint, 1);
        // A rented array may be larger than it was asked to be; a piece is not.
        if (_filling is not null && Math.Max(PieceBytes, _filled + wanted) > _filling.Length) EndPiece();
        else if (_filled > 0 && _filled + wanted > PieceBytes) EndPiece();
        _filling ??= ArrayPool<byte>.Shared.Rent(Math.Max(PieceBytes, wanted));
        return _filling.AsMemory(_filled, Math.Max(PieceBytes - _filled, wanted));
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        EndPiece();
        return _full.Count == 0 ? inner.FlushAsync(cancellationToken) : SendAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        EndPiece();
        while (_full.TryDequeue(out var piece))
        {
            if (exception is null) inner.Write(piece.Content.Span);
            piece.GiveBack();
        }
        inner.Complete(exception);
    }

    private async ValueTask<FlushResult> SendAsync(CancellationToken cancel)
    {
        var result = default(FlushResult);
        while (_full.TryDequeue(out var piece))
        {
            try
            {
                result = await inner.WriteAsync(piece.Content, cancel);
            }
            finally
            {
                _unflushed -= piece.Length;
                piece.GiveBack();
            }
            if (result.IsCanceled || result.IsCompleted) break;
        }
        return result;
    }

    private void EndPiece()
    {
        if (_filling is null) return;
        if (_filled > 0) _full.Enqueue(new(_filling, _filled));
        else ArrayPool<byte>.Shared.Return(_filling);
        (_filling, _filled) = (null, 0);
    }

    private readonly record struct Piece(byte[] Buffer, int Length)
    {
        public ReadOnlyMemory<byte> Content => Buffer.AsMemory(0, Length);

        public void GiveBack() => ArrayPool<byte>.Shared.Return(Buffer);
    }
}
