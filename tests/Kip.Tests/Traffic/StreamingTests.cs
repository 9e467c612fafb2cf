using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Kip.Traffic;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>Bodies pass in both directions as they come: large, slow, chunked, upgraded, over HTTP/1.1 and HTTP/2.</summary>
public sealed class StreamingTests : GatewayTest
{
    protected override GatewayOptions Options => new() { MaxRequestBodySize = 64 * 1024 * 1024 };

    [Fact]
    public async Task A_response_reaches_the_client_part_by_part()
    {
        var go = new SemaphoreSlim(0);
        await ServeAsync(async context =>
        {
            for (var i = 0; i < 3; i++)
            {
                await context.Response.WriteAsync($"part{i}");
                await context.Response.Body.FlushAsync();
                await go.WaitAsync();
            }
        });

        using var response = await GetAsync();
        await using var body = await response.Content.ReadAsStreamAsync(Cancel);
        var buffer = new byte[5];
        for (var i = 0; i < 3; i++)
        {
            await body.ReadExactlyAsync(buffer, Cancel);
            Encoding.ASCII.GetString(buffer).ShouldBe($"part{i}");
            go.Release();
        }
        (await body.ReadAsync(buffer, Cancel)).ShouldBe(0);
    }

    [Fact]
    public async Task A_request_body_reaches_the_application_part_by_part_while_the_response_goes_back()
    {
        await ServeAsync(static async context =>
        {
            context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
            var buffer = new byte[100];
            int count;
            while ((count = await context.Request.Body.ReadAsync(buffer)) > 0)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, count));
                await context.Response.Body.FlushAsync();
            }
        });
        // By hand: the HTTP client sends an HTTP/1.1 request whole before it looks at the response.
        using var client = new TcpClient();
        await client.ConnectAsync(Bed.Gateway.EndPoint, Cancel);
        await using var wire = client.GetStream();
        await wire.WriteAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: {Host}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nping1\r\n"), Cancel);
        await ReadUntilAsync(wire, "5\r\nping1\r\n");
        await wire.WriteAsync("5\r\nping2\r\n"u8.ToArray(), Cancel);
        await ReadUntilAsync(wire, "5\r\nping2\r\n");
        await wire.WriteAsync("0\r\n\r\n"u8.ToArray(), Cancel);
        await ReadUntilAsync(wire, "0\r\n\r\n");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_body_arrives_whole_in_both_directions(bool chunked)
    {
        await ServeAsync(async context =>
        {
            // First all in, then all out: the HTTP client does not read before it has sent everything.
            var kept = new MemoryStream();
            await context.Request.Body.CopyToAsync(kept);
            if (!chunked) context.Response.ContentLength = kept.Length;
            await context.Response.Body.WriteAsync(kept.GetBuffer().AsMemory(0, (int)kept.Length));
        });
        var bytes = new byte[5_000_003];
        new Random(7).NextBytes(bytes);
        for (var i = 0; i < 3; i++)
        {
            var request = Request(HttpMethod.Post);
            request.Headers.TransferEncodingChunked = chunked;
            request.Content = new ByteArrayContent(bytes);

            using var response = await SendAsync(request);

            (await response.Content.ReadAsByteArrayAsync(Cancel)).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        await ServeAsync(static context => context.Request.Body.CopyToAsync(context.Response.Body));
        var request = Request(HttpMethod.Post);
        request.Content = new ByteArrayContent(new byte[64 * 1024 * 1024 + 1]);
        request.Headers.ExpectContinue = true;

        using var response = await SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Expect_100_continue_is_for_the_application_to_answer()
    {
        await ServeAsync(static async context =>
        {
            if (context.Request.Path == "/no") context.Response.StatusCode = 417;
            else await context.Request.Body.CopyToAsync(context.Response.Body);
        });
        foreach (var (path, status, text) in new[] { ("/yes", 200, "body"), ("/no", 417, ""), ("/yes", 200, "body") })
        {
            var request = Request(HttpMethod.Post, path);
            request.Content = new StringContent("body");
            request.Headers.ExpectContinue = true;

            using var response = await SendAsync(request);

            ((int)response.StatusCode).ShouldBe(status);
            (await response.Content.ReadAsStringAsync(Cancel)).ShouldBe(text);
        }
    }

    [Fact]
    public async Task Responses_without_a_body_are_told_from_those_with_one()
    {
        await ServeAsync(static async context =>
        {
            context.Response.StatusCode = context.Request.Path.Value switch { "/204" => 204, "/304" => 304, _ => 200 };
            if (context.Response.StatusCode != 200) return;
            context.Response.Headers.Append("Set-Cookie", "a=1");
            context.Response.Headers.Append("Set-Cookie", "b=2");
            context.Response.ContentLength = 5;
            if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.WriteAsync("hello");
        });
        for (var round = 0; round < 2; round++)
        {
            using var head = await SendAsync(Request(HttpMethod.Head));
            head.Content.Headers.ContentLength.ShouldBe(5);
            using var none = await GetAsync("/204");
            none.StatusCode.ShouldBe(HttpStatusCode.NoContent);
            using var same = await GetAsync("/304");
            same.StatusCode.ShouldBe(HttpStatusCode.NotModified);
            using var full = await GetAsync();
            full.Headers.GetValues("Set-Cookie").ShouldBe(["a=1", "b=2"]);
            (await full.Content.ReadAsStringAsync(Cancel)).ShouldBe("hello");
        }
    }

    [Fact]
    public async Task A_response_that_breaks_off_is_cut_for_the_client_too()
    {
        var seen = new TaskCompletionSource();
        await ServeAsync(async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("only this");
            await context.Response.Body.FlushAsync();
            await seen.Task;
            context.Abort();
        });

        using var response = await GetAsync();
        seen.SetResult();

        await Should.ThrowAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task A_WebSocket_carries_messages_both_ways_and_closes_properly()
    {
        await ServeAsync(static async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[100];
            WebSocketReceiveResult got;
            while (!(got = await socket.ReceiveAsync(buffer, default)).CloseStatus.HasValue)
                await socket.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, default);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", default);
        });
        using var client = new ClientWebSocket();
        client.Options.SetRequestHeader("Host", Host);
        await client.ConnectAsync(new Uri($"ws://{Bed.Gateway.EndPoint}/chat"), Cancel);
        var buffer = new byte[100];

        foreach (var word in new[] { "one", "two" })
        {
            await client.SendAsync(Encoding.ASCII.GetBytes(word), WebSocketMessageType.Text, true, Cancel);
            var got = await client.ReceiveAsync(buffer, Cancel);
            Encoding.ASCII.GetString(buffer, 0, got.Count).ShouldBe(word);
        }
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", Cancel);

        client.CloseStatusDescription.ShouldBe("bye");
        await Eventually(() => Bed.Gateway.RequestsInFlight == 0);
    }

    [Fact]
    public async Task An_HTTP2_application_is_reached_by_prior_knowledge_with_streams_and_trailers()
    {
        await ServeAsync(static async context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.DeclareTrailer("grpc-status");
            var buffer = new byte[100];
            int count;
            while ((count = await context.Request.Body.ReadAsync(buffer)) > 0)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, count));
                await context.Response.Body.FlushAsync();
            }
            context.Response.AppendTrailer("grpc-status", $"0 {context.Request.Protocol} {context.Request.Headers.TE}");
        }, http2: true);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var body = new HandedOverContent();
        var request = Request(HttpMethod.Post, "/svc/Method");
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        // What gRPC's content type tells the forwarder: pass on every message at once.
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Content = body;
        body.Headers.ContentType = new("application/grpc");

        var sending = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        var up = await body.Stream.Task;
        await up.WriteAsync("hello"u8.ToArray(), Cancel);
        await up.FlushAsync(Cancel);
        using var response = await sending;
        await using var down = await response.Content.ReadAsStreamAsync(Cancel);
        await ExpectAsync(down, "hello");
        body.Done.SetResult();
        (await down.ReadAsync(new byte[1], Cancel)).ShouldBe(0);

        response.Version.ShouldBe(HttpVersion.Version20);
        response.TrailingHeaders.GetValues("grpc-status").ShouldBe(["0 HTTP/2 trailers"]);
    }

    [Fact]
    public async Task An_HTTP2_client_reaches_an_HTTP1_application_on_the_same_port()
    {
        await ServeAsync(static context => context.Response.WriteAsync($"{context.Request.Protocol} {context.Request.Headers.Cookie}"));
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
        var request = Request(HttpMethod.Get);
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        request.Headers.Add("Cookie", "a=1; b=2");

        using var response = await client.SendAsync(request, Cancel);

        (await response.Content.ReadAsStringAsync(Cancel)).ShouldBe("HTTP/1.1 a=1; b=2");
    }

    private static async Task ReadUntilAsync(Stream stream, string end)
    {
        var text = new StringBuilder();
        var buffer = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(buffer, Cancel);
            text.Append((char)buffer[0]);
        }
    }

    private static async Task ExpectAsync(Stream stream, string text)
    {
        var buffer = new byte[text.Length];
        await stream.ReadExactlyAsync(buffer, Cancel);
        Encoding.ASCII.GetString(buffer).ShouldBe(text);
    }

    /// <summary>A body that the test writes by hand.</summary>
    private sealed class HandedOverContent : HttpContent
    {
        public TaskCompletionSource<Stream> Stream { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            Stream.SetResult(stream);
            return Done.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
