using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kip.Tests.Traffic.Direct;

/// <summary>A client seen from the wire.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly StringBuilder _read = new();
    private NetworkStream _stream = null!;

    public static async Task<RawClient> ConnectAsync(IPEndPoint gateway, CancellationToken cancel)
    {
        var client = new RawClient();
        await client._client.ConnectAsync(gateway, cancel);
        client._stream = client._client.GetStream();
        return client;
    }

    public async Task SendAsync(string text, CancellationToken cancel) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(text), cancel);

    /// <summary>Sends no more, and may still listen.</summary>
    public void EndSending() => _client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Reads until the text ends so, and returns and forgets what was read; stops before that when the connection ends.</summary>
    public async Task<string> ReadAsync(string end, CancellationToken cancel)
    {
        var buffer = new byte[4096];
        while (!_read.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            int count;
            try
            {
                count = await _stream.ReadAsync(buffer, cancel);
            }
            catch (IOException)
            {
                // A cut is an end, too.
                count = 0;
            }
            if (count == 0) break;
            _read.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        var text = _read.ToString();
        _read.Clear();
        return text;
    }

    /// <summary>Reads a response with so long a body, a little at a time, and its head with it. Only for one that nothing follows.</summary>
    public async Task<string> ReadAtLeastAsync(int bodyLength, CancellationToken cancel)
    {
        var buffer = new byte[1000];
        var wanted = int.MaxValue;
        while (_read.Length < wanted)
        {
            var count = await _stream.ReadAsync(buffer, cancel);
            if (count == 0) break;
            _read.Append(Encoding.Latin1.GetString(buffer, 0, count));
            if (wanted == int.MaxValue && _read.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var end) wanted = end + 4 + bodyLength;
        }
        var text = _read.ToString();
        _read.Clear();
        return text;
    }

    /// <summary>Reads until the connection ends.</summary>
    public Task<string> ReadToEndAsync(CancellationToken cancel) => ReadAsync("\0 never sent", cancel);

    public void Dispose() => _client.Dispose();
}
