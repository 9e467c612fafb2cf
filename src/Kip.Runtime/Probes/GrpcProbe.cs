using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Kip.Runtime.Probes;

/// <summary>Asks by the gRPC health protocol (<c>grpc.health.v1.Health/Check</c>, HTTP/2 without TLS): SERVING is a success.</summary>
internal sealed class GrpcProbe : IDisposable
{
    private const int Serving = 1;

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero });

    public async Task<ProbeAnswer> AskAsync(IPEndPoint address, string? service, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{address}/grpc.health.v1.Health/Check")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Frame(service ?? "")),
        };
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        request.Headers.TryAddWithoutValidation("User-Agent", "kube-probe/kip");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        try
        {
            using var response = await _http.SendAsync(request, cancel);
            var body = await response.Content.ReadAsByteArrayAsync(cancel);
            if (body.Length == 0) return ProbeAnswer.Failure($"gRPC health check failed: {Status(response)}");
            return StatusOf(body) is var status and not Serving
                ? ProbeAnswer.Failure($"service unhealthy (responded with {status switch { 0 => "UNKNOWN", 2 => "NOT_SERVING", _ => "SERVICE_UNKNOWN" }})")
                : ProbeAnswer.Ok;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return ProbeAnswer.Failure($"failed to connect service {address}: {broken.Message}");
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>HealthCheckRequest { string service = 1; } with gRPC's five bytes in front.</summary>
    private static byte[] Frame(string service)
    {
        var name = Encoding.UTF8.GetBytes(service);
        // The length is a varint: seven bits to a byte, so two bytes hold any name that Kubernetes allows.
        var message = name.Length switch
        {
            0 => [],
            < 128 => (byte[])[0x0a, (byte)name.Length, .. name],
            _ => [0x0a, (byte)(name.Length & 0x7f | 0x80), (byte)(name.Length >> 7), .. name],
        };
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    /// <summary>HealthCheckResponse { ServingStatus status = 1; }; absent means 0, UNKNOWN.</summary>
    private static int StatusOf(ReadOnlySpan<byte> frame) => frame.Length >= 7 && frame[5] == 0x08 ? frame[6] : 0;

    private static string Status(HttpResponseMessage response) =>
        response.TrailingHeaders.TryGetValues("grpc-status", out var codes) || response.Headers.TryGetValues("grpc-status", out codes)
            ? $"grpc-status {codes.First()}"
            : $"HTTP {(int)response.StatusCode}";
}
