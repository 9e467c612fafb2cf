using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using static Kip.Conformance.Serving.Ingress.IngressBed;

namespace Kip.Conformance.Serving.Ingress;

/// <summary>HTTP/2, gRPC, WebSockets, slow answers and answers that are not repeated, through the ingress.</summary>
internal static class IngressProtocolCases
{
    private const string Http2 = """{ name: H2C, value: "1" }""";
    private const string Http2Port = "ports: [{ name: h2c, containerPort: 8080 }]";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("serving/ingress/http2", "A backend that speaks HTTP/2 is spoken to in HTTP/2", "basics/http2 TestBasicsHTTP2", Http2Async),
        new("serving/ingress/grpc", "A gRPC stream goes both ways, message by message", "grpc TestGRPC", GrpcAsync),
        new("serving/ingress/websocket", "A WebSocket echoes", "websocket TestWebsocket", WebSocketAsync),
        new(
            "serving/ingress/websocket-split", "WebSockets reach both halves of a split, and each stays with its own",
            "websocket/split TestWebsocketSplit", WebSocketSplitAsync),
        new("serving/ingress/timeout", "Without a timeout of the ingress, a slow first byte and a slow body both arrive", "timeout TestTimeout", SlowAsync),
        new("serving/ingress/retry", "An answer of 503 is the client's to see: it is not asked for again", "retry TestRetry", RetryAsync),
    ];

    private static async Task Http2Async(ConformanceTarget target)
    {
        await target.ReadyServiceAsync(Workload.Service(target, "newer", container: Http2Port, environment: Http2));
        await target.IngressAsync("mine", Rule(target.Host(), Path(target.Split("newer"))));
        var answer = (await target.CallAsync($"http://{target.Host()}/runtime")).Is(200);
        using var document = JsonDocument.Parse(answer.Body);
        Expect.Equal("HTTP/2", document.RootElement.GetProperty("request").GetProperty("proto").GetString());
    }

    private static async Task GrpcAsync(ConformanceTarget target)
    {
        await target.ReadyServiceAsync(Workload.Service(target, "grpc", container: Http2Port, environment: Http2 + """, { name: SUFFIX, value: "-pong" }"""));
        await target.IngressAsync("mine", Rule(target.Host(), Path(target.Split("grpc"))));
        await GrpcCall.EchoesAsync(target, target.Host(), "-pong");
    }

    private static async Task WebSocketAsync(ConformanceTarget target)
    {
        await target.ReadyServiceAsync(Workload.Service(target, "ws", environment: """{ name: SUFFIX, value: "-back" }"""));
        await target.IngressAsync("mine", Rule(target.Host(), Path(target.Split("ws"))));
        using var socket = await Sockets.ConnectAsync(target, $"ws://{target.Host()}/ws");
        for (var i = 0; i < 5; i++) Expect.Equal($"hello-{i}-back", await Sockets.SayAsync(target, socket, $"hello-{i}"));
    }

    private static async Task WebSocketSplitAsync(ConformanceTarget target)
    {
        await Task.WhenAll(((string[])["one", "two"]).Select(name => target.ReadyServiceAsync(
            Workload.Service(target, name, environment: $$"""{ name: SUFFIX, value: "-{{name}}" }"""))));
        await target.IngressAsync("mine", Rule(target.Host(), Path($"{target.Split("one", 50)}, {target.Split("two", 50)}")));
        var seen = new HashSet<string>();
        for (var i = 0; i < 100 && seen.Count < 2; i++)
        {
            using var socket = await Sockets.ConnectAsync(target, $"ws://{target.Host()}/ws");
            var first = await Sockets.SayAsync(target, socket, "x");
            Expect.Equal(first, await Sockets.SayAsync(target, socket, "x"));
            seen.Add(first);
        }
        Expect.Equal(2, seen.Count);
    }

    private static async Task SlowAsync(ConformanceTarget target)
    {
        await target.BackendsAsync("one");
        await target.IngressAsync("mine", Rule(target.Host(), Path(target.Split("one"))));
        var url = $"http://{target.Host()}/timeout";
        var answers = await Task.WhenAll(target.CallAsync($"{url}?initialTimeout=4000"), target.CallAsync($"{url}?timeout=4000"), target.CallAsync(url));
        foreach (var answer in answers) answer.Is(200);
    }

    private static async Task RetryAsync(ConformanceTarget target)
    {
        await target.BackendsAsync("one");
        await target.IngressAsync("mine", Rule(target.Host(), Path(target.Split("one"))));
        (await target.CallAsync($"http://{target.Host()}/retry")).Is(503);
        (await target.CallAsync($"http://{target.Host()}/retry")).Is(200);
    }
}

/// <summary>WebSockets through the gateway.</summary>
internal static class Sockets
{
    public static async Task<ClientWebSocket> ConnectAsync(ConformanceTarget target, string url)
    {
        var socket = new ClientWebSocket();
        using var invoker = new HttpMessageInvoker(GatewayDoor.Handler(target.Door.Gateway), disposeHandler: false);
        await socket.ConnectAsync(new Uri(url), invoker, target.Deadline);
        return socket;
    }

    public static async Task<string> SayAsync(ConformanceTarget target, ClientWebSocket socket, string text)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, target.Deadline);
        var buffer = new byte[4096];
        var received = await socket.ReceiveAsync(buffer, target.Deadline);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }
}

/// <summary>A gRPC stream with bodies that are no protobuf: the workload echoes bytes.</summary>
internal static class GrpcCall
{
    /// <summary>Sends messages one by one over one stream, and expects each back, with the suffix, before the next is sent.</summary>
    public static async Task EchoesAsync(ConformanceTarget target, string host, string suffix, int messages = 5)
    {
        var body = new MessageContent(target.Deadline);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{host}/ping.PingService/PingStream")
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = body,
        };
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        using var response = await target.Door.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, target.Deadline);
        Expect.Equal(200, (int)response.StatusCode);
        await using var answers = await response.Content.ReadAsStreamAsync(target.Deadline);
        for (var i = 0; i < messages; i++)
        {
            await body.WriteAsync($"ping-{i}");
            Expect.Equal($"ping-{i}{suffix}", await ReadAsync(answers, target.Deadline));
        }
        body.End();
        Expect.Equal(0, await answers.ReadAsync(new byte[1], target.Deadline));
        Expect.Equal("0", response.TrailingHeaders.TryGetValues("grpc-status", out var status) ? status.Single() : null);
    }

    private static async Task<string> ReadAsync(Stream stream, CancellationToken cancel)
    {
        var prefix = new byte[5];
        await stream.ReadExactlyAsync(prefix, cancel);
        var message = new byte[System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))];
        await stream.ReadExactlyAsync(message, cancel);
        return Encoding.UTF8.GetString(message);
    }

    private sealed class MessageContent : HttpContent
    {
        private readonly TaskCompletionSource<Stream> _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationToken _deadline;

        public MessageContent(CancellationToken deadline)
        {
            _deadline = deadline;
            Headers.ContentType = new("application/grpc");
        }

        public async Task WriteAsync(string text)
        {
            var message = Encoding.UTF8.GetBytes(text);
            var frame = new byte[5 + message.Length];
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
            message.CopyTo(frame, 5);
            var stream = await _open.Task;
            await stream.WriteAsync(frame, _deadline);
            await stream.FlushAsync(_deadline);
        }

        public void End() => _ended.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync(_deadline);
            _open.TrySetResult(stream);
            await _ended.Task.WaitAsync(_deadline);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
