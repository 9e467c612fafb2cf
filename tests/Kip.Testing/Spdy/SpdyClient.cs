using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Kip.Testing.Spdy;

/// <summary>A client of Kubernetes' streaming commands over SPDY/3.1 that shares no code with the server: it writes its frames by hand.</summary>
/// <remarks>Headers are sent as uncompressed blocks; those of answers are not looked at, only what comes over the streams.</remarks>
public sealed class SpdyClient : IAsyncDisposable
{
    private const int HeaderLength = 8;
    private const int SynStream = 1, RstStream = 3, GoAway = 7;
    private const byte Final = 1;

    // Zlib's header with a preset dictionary, and the checksum of SPDY/3.1's.
    private static readonly byte[] ZlibHeader = [0x78, 0xf9, 0xe3, 0xc6, 0xa7, 0xc2];

    private readonly Stream _transport;
    private bool _hasSentHeaders;

    private SpdyClient(Stream transport) => _transport = transport;

    /// <summary>Connects and changes to SPDY.</summary>
    /// <param name="server">The API server.</param>
    /// <param name="authority">The certificate to trust, as PEM.</param>
    /// <param name="path">The subresource with its query.</param>
    /// <param name="protocol">What is spoken over the streams, e.g. <c>v4.channel.k8s.io</c>.</param>
    /// <exception cref="IOException">The server does not change; the message is its answer.</exception>
    public static async Task<SpdyClient> ConnectAsync(Uri server, string authority, string token, string path, string protocol, CancellationToken cancel)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(server.Host, server.Port, cancel);
        var transport = new SslStream(socket.GetStream());
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(authority));
        await transport.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = server.Host, CertificateChainPolicy = policy, ApplicationProtocols = [SslApplicationProtocol.Http11],
            }, cancel);
        await transport.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"
            + $"X-Stream-Protocol-Version: {protocol}\r\nContent-Length: 0\r\n\r\n"), cancel);
        var answer = await ReadHeadAsync(transport, cancel);
        if (answer.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal) && answer.Contains(protocol, StringComparison.Ordinal))
            return new SpdyClient(transport);
        await transport.DisposeAsync();
        throw new IOException(answer);
    }

    /// <summary>Opens a stream.</summary>
    /// <param name="id">Its number: odd, and higher than those before.</param>
    public Task OpenAsync(int id, CancellationToken cancel, params (string Name, string Value)[] headers)
    {
        var plain = new MemoryStream();
        plain.Write(Number(headers.Length));
        foreach (var (name, value) in headers)
            foreach (var text in (string[])[name, value])
            {
                plain.Write(Number(text.Length));
                plain.Write(Encoding.ASCII.GetBytes(text));
            }
        byte[] block = [.. StoredBlock(plain.ToArray()), .. StoredBlock([])];
        if (!_hasSentHeaders) block = [.. ZlibHeader, .. block];
        _hasSentHeaders = true;
        // The stream, none that it belongs to, and no priority.
        return SendAsync(unchecked((int)0x80030000) | SynStream, 0, [.. Number(id), .. Number(0), 0, 0, .. block], cancel);
    }

    /// <summary>Sends over a stream, and ends this side of it or not.</summary>
    public Task SendAsync(int id, string text, bool ends, CancellationToken cancel) =>
        SendAsync(id, ends ? Final : (byte)0, Encoding.UTF8.GetBytes(text), cancel);

    /// <summary>What comes over some streams until the server has ended each of them.</summary>
    public async Task<IReadOnlyDictionary<int, string>> ReadAsync(CancellationToken cancel, params int[] ids)
    {
        var texts = ids.ToDictionary(static id => id, static _ => new MemoryStream());
        var open = ids.ToHashSet();
        var header = new byte[HeaderLength];
        while (open.Count > 0)
        {
            await _transport.ReadExactlyAsync(header, cancel);
            var first = BinaryPrimitives.ReadInt32BigEndian(header);
            var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)) & 0xffffff];
            await _transport.ReadExactlyAsync(payload, cancel);
            if (first < 0 && (short)first is RstStream or GoAway) throw new IOException($"the server sent a frame of the type {(short)first}");
            if (first < 0 || !texts.TryGetValue(first, out var text)) continue;
            text.Write(payload);
            if ((header[4] & Final) != 0) open.Remove(first);
        }
        return texts.ToDictionary(static text => text.Key, static text => Encoding.UTF8.GetString(text.Value.ToArray()));
    }

    public ValueTask DisposeAsync() => _transport.DisposeAsync();

    private async Task SendAsync(int first, byte flags, byte[] payload, CancellationToken cancel)
    {
        byte[] frame = [.. Number(first), .. Number((flags << 24) | payload.Length), .. payload];
        await _transport.WriteAsync(frame, cancel);
        await _transport.FlushAsync(cancel);
    }

    // Byte by byte: what follows the head belongs to the frames.
    private static async Task<string> ReadHeadAsync(Stream transport, CancellationToken cancel)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await transport.ReadExactlyAsync(one, cancel);
            head.Append((char)one[0]);
        }
        return head.ToString();
    }

    private static byte[] StoredBlock(byte[] content) =>
        [0, (byte)content.Length, (byte)(content.Length >> 8), (byte)~content.Length, (byte)(~content.Length >> 8), .. content];

    private static byte[] Number(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }
}
