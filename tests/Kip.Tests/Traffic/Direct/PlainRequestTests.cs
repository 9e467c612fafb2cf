using System.Text;
using Kip.Traffic;
using Kip.Traffic.Direct;
using Shouldly;

namespace Kip.Tests.Traffic.Direct;

/// <summary>Only what every reader of HTTP understands alike is passed on as it came; all else is left to the HTTP server.</summary>
public sealed class PlainRequestTests
{
    private const string Client = "X-Forwarded-For: 1.2.3.4\r\n";

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "a")]
    [InlineData("HEAD /a/b;c=d?e=%20f HTTP/1.1\r\nhost:a.b:80 \r\nUser-Agent: x\r\n\r\n", "HEAD", "a.b:80")]
    [InlineData("OPTIONS /?a/b?c HTTP/1.1\r\nA:\r\nHOST: \u00e4\r\nCookie: a=b; c=\"d\"\r\nCookie: e\r\n\r\n", "OPTIONS", "\u00e4")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", "POST", "a")]
    public void A_plain_request_goes_on_as_it_came_with_what_is_told_of_the_client(string text, string method, string host)
    {
        var bytes = Encoding.Latin1.GetBytes(text + "GET /next");

        PlainRequest.TryRead(bytes, new(), out var request).ShouldBeTrue();

        request.Method.ShouldBe(method);
        Encoding.Latin1.GetString(request.Host).ShouldBe(host);
        request.Length.ShouldBe(text.Length);
        Forward(request).ShouldBe(text.Replace("\r\n\r\n", "\r\n" + Client + "\r\n"));
    }

    [Fact]
    public void What_is_said_about_the_connection_is_left_out()
    {
        var bytes = "GET / HTTP/1.1\r\nHost: a\r\nconnection: Keep-Alive\r\nB: c\r\n\r\n"u8;

        PlainRequest.TryRead(bytes, new(), out var request).ShouldBeTrue();

        Forward(request).ShouldBe("GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n" + Client + "\r\n");
    }

    [Fact]
    public void A_request_is_plain_when_its_last_byte_is_there()
    {
        var bytes = "PUT /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"u8;

        for (var length = 0; length < bytes.Length; length++) PlainRequest.TryRead(bytes[..length], new(), out _).ShouldBeFalse();
        PlainRequest.TryRead(bytes, new(), out var request).ShouldBeTrue();
        request.ContentLength.ShouldBe(3);
    }

    [Theory]
    [InlineData("GET / HTTP/1.0\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1 \r\nHost: a\r\n\r\n")]
    [InlineData("get / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET  / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /%2e%2e/a HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /?\u00e4 HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost:\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\nA: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nA\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nA: b\rc\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nA: b\0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, A\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: keep-alive\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding : chunked\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1,1\r\n\r\na")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\na")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\na")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\na")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTrailer: A\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nKeep-Alive: 5\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHTTP2-Settings: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nProxy-Connection: keep-alive\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nProxy-Authorization: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nproxy-authenticate: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nforwarded: for=a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nx-forwarded-host: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX-FORWARDED-PROTO: https\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nKip-Trace: 1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nK-Network-Probe: probe\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nknative-serving-revision: a\r\n\r\n")]
    public void What_means_anything_out_of_the_ordinary_is_left_to_the_HTTP_server(string text) =>
        PlainRequest.TryRead(Encoding.Latin1.GetBytes(text), new(), out _).ShouldBeFalse();

    [Fact]
    public void What_is_larger_than_a_limit_is_left_to_the_HTTP_server()
    {
        var bytes = "POST /abc HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"u8;

        PlainRequest.TryRead(bytes, new() { MaxRequestLineSize = 19 }, out _).ShouldBeFalse();
        PlainRequest.TryRead(bytes, new() { MaxRequestHeaderCount = 1 }, out _).ShouldBeFalse();
        PlainRequest.TryRead(bytes, new() { MaxRequestHeadersTotalSize = 20 }, out _).ShouldBeFalse();
        PlainRequest.TryRead(bytes, new() { MaxRequestBodySize = 2 }, out _).ShouldBeFalse();
        PlainRequest.TryRead(bytes, new() { MaxRequestLineSize = 20, MaxRequestHeaderCount = 2, MaxRequestBodySize = 3 }, out _).ShouldBeTrue();
        var large = Encoding.ASCII.GetBytes(
            $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {PlainRequest.MaxLength}\r\n\r\n{new string('a', PlainRequest.MaxLength)}");
        PlainRequest.TryRead(large, new(), out _).ShouldBeFalse();
    }

    private static string Forward(in PlainRequest request)
    {
        var client = Encoding.ASCII.GetBytes(Client);
        var output = new byte[request.ForwardedLength(client)];
        var length = request.Forward(output, client);
        return Encoding.Latin1.GetString(output.AsSpan(0, length));
    }
}
