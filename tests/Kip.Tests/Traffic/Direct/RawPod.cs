using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Kip.Tests.Traffic.Direct;

/// <summary>An application seen from the wire: says byte for byte what it was told to, and shows byte for byte what it got.</summary>
internal sealed class RawPod : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string[] _pieces;
    private readonly bool _closes;
    private readonly Channel<string> _requests = Channel.CreateUnbounded<string>();

    /// <param name="closes">Whether it closes the connection after an answer.</param>
    /// <param name="pieces">Of the answer, sent one by one.</param>
    public RawPod(bool closes, params string[] pieces)
    {
        (_closes, _pieces) = (closes, pieces);
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What came, request by request.</summary>
    public ChannelReader<string> Requests => _requests.Reader;

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    // A small request comes in one piece.
    private async Task AnswerAsync(TcpClient client)
    {
        using var connection = client;
        client.NoDelay = true;
        var buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = await client.GetStream().ReadAsync(buffer)) > 0)
            {
                _requests.Writer.TryWrite(Encoding.Latin1.GetString(buffer, 0, count));
                foreach (var piece in _pieces) await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(piece));
                if (_closes) return;
            }
        }
        catch (IOException)
        {
            // The gateway has gone.
        }
    }
}
