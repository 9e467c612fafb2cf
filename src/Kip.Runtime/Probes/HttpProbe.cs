using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Kip.Resources.Core;

namespace Kip.Runtime.Probes;

/// <summary>Asks by HTTP GET: 200 to 399 is a success. Certificates are not verified, redirects not followed, as a probe needs neither.</summary>
internal static class HttpProbe
{
    public const string UserAgent = "kube-probe/kip";

    private const int LongestHead = 16 * 1024;

    public static async Task<ProbeAnswer> AskAsync(EndPoint address, HttpGetAction get, string host, CancellationToken cancel)
    {
        var (socket, error) = await TcpProbe.ConnectAsync(address, cancel);
        if (socket is null) return ProbeAnswer.Failure($"Get \"{Url(get, host)}\": dial tcp {address}: {TcpProbe.Describe(error)}");
        using (socket)
        {
            try
            {
                await using Stream stream = new NetworkStream(socket, ownsSocket: false);
                if (!string.Equals(get.Scheme, "HTTPS", StringComparison.OrdinalIgnoreCase)) return await ExchangeAsync(stream, get, host, cancel);
#pragma warning disable CA5359 // The kubelet does not verify either: the question is whether the program answers.
                await using var secure = new SslStream(stream, leaveInnerStreamOpen: true, static (_, _, _, _) => true);
#pragma warning restore CA5359
                await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancel);
                return await ExchangeAsync(secure, get, host, cancel);
            }
            catch (Exception broken) when (broken is IOException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                return ProbeAnswer.Failure($"Get \"{Url(get, host)}\": {broken.Message}");
            }
        }
    }

    private static async Task<ProbeAnswer> ExchangeAsync(Stream stream, HttpGetAction get, string host, CancellationToken cancel)
    {
        await stream.WriteAsync(Request(get, host), cancel);
        var buffer = new byte[LongestHead];
        var length = 0;
        int count;
        while (length < buffer.Length && (count = await stream.ReadAsync(buffer.AsMemory(length), cancel)) > 0)
        {
            length += count;
            if (buffer.AsSpan(0, length).Contains((byte)'\n')) break;
        }
        if (Code(buffer.AsSpan(0, length)) is not { } code) return ProbeAnswer.Failure($"Get \"{Url(get, host)}\": no HTTP answer");
        var answer = code is >= 200 and < 400 ? ProbeAnswer.Ok : ProbeAnswer.Failure($"HTTP probe failed with statuscode: {code}");
        return answer with { Code = code };
    }

    private static byte[] Request(HttpGetAction get, string host)
    {
        var text = new StringBuilder();
        text.Append("GET ").Append(PathOf(get)).Append(" HTTP/1.1\r\n");
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Host"] = host, ["User-Agent"] = UserAgent, ["Accept"] = "*/*", ["Connection"] = "close",
        };
        foreach (var header in get.HttpHeaders) headers[header.Name] = header.Value;
        foreach (var (name, value) in headers)
            if (Clean(name) && Clean(value)) text.Append(name).Append(": ").Append(value).Append("\r\n");
        return Encoding.UTF8.GetBytes(text.Append("\r\n").ToString());
    }

    // One header must not become two.
    private static bool Clean(string text) => text.AsSpan().IndexOfAny('\r', '\n') < 0;

    public static string PathOf(HttpGetAction get) => "/" + (get.Path ?? "").TrimStart('/').Replace(" ", "%20", StringComparison.Ordinal);

    private static string Url(HttpGetAction get, string host) => $"{(get.Scheme ?? "HTTP").ToLowerInvariant()}://{host}{PathOf(get)}";

    private static int? Code(ReadOnlySpan<byte> head)
    {
        // HTTP/1.1 200 OK
        if (!head.StartsWith("HTTP/1."u8) || head.Length < 12) return null;
        return int.TryParse(head.Slice(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : null;
    }
}
