using System.Threading.Channels;

namespace Kip.ApiServer.Http.Spdy;

/// <summary>One of the streams that a client has opened on a SPDY connection.</summary>
/// <param name="session">The connection.</param>
/// <param name="id">Its number, odd.</param>
/// <param name="headers">What the client said about it.</param>
internal sealed class SpdyStream(SpdySession session, int id, IReadOnlyDictionary<string, string> headers)
{
    // A reader that is slow stops its client after so many pieces, as a pipe would.
    private readonly Channel<ReadOnlyMemory<byte>> _input = Channel.CreateBounded<ReadOnlyMemory<byte>>(16);
    private bool _isEnded;

    public int Id => id;

    /// <summary>A header's value; empty when it has none.</summary>
    public string Header(string name) => headers.GetValueOrDefault(name, "");

    /// <summary>The next piece. Null: the client has ended its side.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancel)
    {
        while (await _input.Reader.WaitToReadAsync(cancel))
            if (_input.Reader.TryRead(out var piece)) return piece;
        return null;
    }

    /// <summary>Sends some bytes.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) => session.SendDataAsync(id, bytes, ends: false, cancel);

    /// <summary>Ends this side, once.</summary>
    public async ValueTask EndAsync(CancellationToken cancel)
    {
        if (_isEnded) return;
        _isEnded = true;
        await session.SendDataAsync(id, default, ends: true, cancel);
    }

    /// <summary>Takes a piece from the connection.</summary>
    internal async ValueTask TakeAsync(ReadOnlyMemory<byte> piece, CancellationToken cancel)
    {
        try
        {
            await _input.Writer.WriteAsync(piece, cancel);
        }
        catch (ChannelClosedException)
        {
            // Sent behind its own end, or to a stream that nobody reads any more.
        }
    }

    /// <summary>No more will come.</summary>
    internal void EndInput() => _input.Writer.TryComplete();
}
