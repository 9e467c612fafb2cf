using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Kip.ApiServer.Http.Spdy;

/// <summary>The server's side of a SPDY/3.1 connection, as far as Kubernetes' streaming commands use it: the client opens streams, both sides send.</summary>
/// <remarks>
/// Neither side keeps flow control windows, as the clients' library (moby/spdystream) does not: TCP slows the sender down. At most
/// <see cref="MostStreams"/> streams are open at one time; a frame is at most <see cref="MostFrame"/> bytes; a connection on which nothing is sent or
/// received for <see cref="Idle"/> is closed.
/// </remarks>
internal sealed class SpdySession : IAsyncDisposable
{
    public const int MostStreams = 256;
    public const int MostFrame = 1024 * 1024;
    public static readonly TimeSpan Idle = TimeSpan.FromHours(4);

    private const int HeaderLength = 8;
    private const int Version = 3;
    private const short SynStream = 1, SynReply = 2, RstStream = 3, Ping = 6, GoAway = 7, Headers = 8;
    private const byte Final = 1;
    private const int Refused = 3;
    private const int Piece = 32 * 1024;

    private readonly Stream _transport;
    private readonly SpdyHeaders _headers = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ConcurrentDictionary<int, SpdyStream> _streams = new();
    private readonly Channel<SpdyStream> _opened = Channel.CreateBounded<SpdyStream>(MostStreams);
    private readonly CancellationTokenSource _idle;
    private readonly CancellationTokenSource _ended;
    private readonly Task _reading;

    /// <summary>Begins to read.</summary>
    /// <param name="transport">The connection; the session closes it.</param>
    /// <param name="time">Times the idle limit.</param>
    /// <param name="cancel">Ends the session.</param>
    public SpdySession(Stream transport, TimeProvider time, CancellationToken cancel)
    {
        _transport = transport;
        _idle = new CancellationTokenSource(Idle, time);
        _ended = CancellationTokenSource.CreateLinkedTokenSource(cancel, _idle.Token);
        _reading = ReadAsync();
    }

    /// <summary>Cancelled when the client has gone, or the session is to end.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Completes when the client has closed the connection.</summary>
    public Task Closed => _reading;

    /// <summary>The next stream that the client opens. Null: there will be none.</summary>
    public async ValueTask<SpdyStream?> AcceptAsync(CancellationToken cancel)
    {
        while (await _opened.Reader.WaitToReadAsync(cancel))
            if (_opened.Reader.TryRead(out var stream)) return stream;
        return null;
    }

    /// <summary>Forgets a stream that both sides are done with.</summary>
    public void Forget(SpdyStream stream)
    {
        stream.EndInput();
        _streams.TryRemove(stream.Id, out _);
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _transport.DisposeAsync();
        await _reading;
        _headers.Dispose();
        _ended.Dispose();
        _idle.Dispose();
        _sending.Dispose();
    }

    internal async ValueTask SendDataAsync(int stream, ReadOnlyMemory<byte> bytes, bool ends, CancellationToken cancel)
    {
        do
        {
            var piece = bytes[..Math.Min(bytes.Length, Piece)];
            bytes = bytes[piece.Length..];
            var frame = new byte[HeaderLength + piece.Length];
            BinaryPrimitives.WriteInt32BigEndian(frame, stream);
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), piece.Length);
            if (ends && bytes.IsEmpty) frame[4] = Final;
            piece.CopyTo(frame.AsMemory(HeaderLength));
            await SendAsync(frame, cancel);
        }
        while (!bytes.IsEmpty);
    }

    private async Task ReadAsync()
    {
        var header = new byte[HeaderLength];
        try
        {
            while (await _transport.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, _ended.Token) == HeaderLength)
            {
                _idle.CancelAfter(Idle);
                var length = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)) & 0xffffff;
                if (length > MostFrame) break;
                var payload = new byte[length];
                await _transport.ReadExactlyAsync(payload, _ended.Token);
                await TakeAsync(BinaryPrimitives.ReadInt32BigEndian(header), header[4], payload);
            }
        }
        catch (Exception e) when (
            e is IOException or OperationCanceledException or InvalidDataException or ObjectDisposedException or System.Net.WebSockets.WebSocketException)
        {
            // The client has gone, or speaks something else.
        }
        foreach (var stream in _streams.Values) stream.EndInput();
        _opened.Writer.TryComplete();
        await _ended.CancelAsync();
    }

    private ValueTask TakeAsync(int first, byte flags, byte[] payload)
    {
        if (first >= 0) return TakeDataAsync(first, flags, payload);
        if (((first >> 16) & 0x7fff) != Version) throw new InvalidDataException("the client speaks another version of SPDY");
        switch ((short)first)
        {
            case SynStream:
                return OpenAsync(payload, flags);
            case SynReply or Headers:
                // Nobody needs them, but the next block cannot be read without them.
                if (payload.Length > 4) _headers.Read(payload.AsSpan(4));
                break;
            case RstStream when payload.Length >= 4 && _streams.TryRemove(Number(payload) & int.MaxValue, out var stream):
                stream.EndInput();
                break;
            case Ping when payload.Length == 4 && Number(payload) % 2 != 0:
                return new(SendControlAsync(Ping, payload));
            case GoAway:
                _opened.Writer.TryComplete();
                break;
        }
        // WINDOW_UPDATE, SETTINGS and pings' answers ask for nothing.
        return default;
    }

    private async ValueTask TakeDataAsync(int id, byte flags, byte[] payload)
    {
        if (!_streams.TryGetValue(id, out var stream)) return;
        if (payload.Length > 0) await stream.TakeAsync(payload, _ended.Token);
        if ((flags & Final) != 0) stream.EndInput();
    }

    private async ValueTask OpenAsync(byte[] payload, byte flags)
    {
        if (payload.Length < 10) throw new InvalidDataException("a stream is opened with too few bytes");
        var id = Number(payload) & int.MaxValue;
        var stream = new SpdyStream(this, id, _headers.Read(payload.AsSpan(10)));
        if (_streams.Count >= MostStreams || !_streams.TryAdd(id, stream) || !_opened.Writer.TryWrite(stream))
        {
            await SendControlAsync(RstStream, Words(id, Refused));
            return;
        }
        if ((flags & Final) != 0) stream.EndInput();
        await SendAsync(() => Control(SynReply, [.. Words(id), .. _headers.Write()]));
    }

    private Task SendControlAsync(short type, byte[] payload) => SendAsync(Control(type, payload), _ended.Token);

    private Task SendAsync(byte[] frame, CancellationToken cancel) => SendAsync(() => frame, cancel);

    private Task SendAsync(Func<byte[]> frame) => SendAsync(frame, _ended.Token);

    // A header block is made when its turn has come: blocks must go out in the order in which they are made.
    private async Task SendAsync(Func<byte[]> frame, CancellationToken cancel)
    {
        await _sending.WaitAsync(cancel);
        try
        {
            await _transport.WriteAsync(frame(), cancel);
            await _transport.FlushAsync(cancel);
            _idle.CancelAfter(Idle);
        }
        catch (Exception e) when (e is System.Net.WebSockets.WebSocketException or ObjectDisposedException)
        {
            throw new IOException(e.Message, e);
        }
        finally
        {
            _sending.Release();
        }
    }

    private static byte[] Control(short type, byte[] payload)
    {
        var frame = new byte[HeaderLength + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, unchecked((int)0x80000000) | (Version << 16) | (ushort)type);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), payload.Length);
        payload.CopyTo(frame, HeaderLength);
        return frame;
    }

    private static int Number(byte[] payload) => BinaryPrimitives.ReadInt32BigEndian(payload);

    private static byte[] Words(params ReadOnlySpan<int> numbers)
    {
        var bytes = new byte[numbers.Length * 4];
        for (var i = 0; i < numbers.Length; i++) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(i * 4), numbers[i]);
        return bytes;
    }
}
