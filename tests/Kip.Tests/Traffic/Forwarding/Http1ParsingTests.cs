using System.IO.Pipelines;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kip.Traffic.Forwarding;
using Kip.Traffic.Forwarding.Http1;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Traffic.Forwarding;

/// <summary>What a pod sends is read strictly, and the same however its bytes arrive.</summary>
public sealed class Http1ParsingTests
{
    [Theory]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("1\r\na\r\nA;ext=1\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\n", "a0123456789")]
    [InlineData("0\r\n\r\n", "")]
    [InlineData("00A \r\n0123456789\r\n000\r\n\r\n", "0123456789")]
    public void A_chunked_body_is_the_same_wherever_its_bytes_are_cut(string wire, string body)
    {
        var bytes = Encoding.ASCII.GetBytes(wire + "next");
        for (var cut = 0; cut <= wire.Length; cut++) ReadInTwo(bytes, cut).ShouldBe((body, wire.Length));
    }

    [Theory]
    [InlineData("x\r\n")]
    [InlineData("\r\n")]
    [InlineData("-5\r\nhello\r\n")]
    [InlineData("5\nhello\r\n")]
    [InlineData("5\r\nhello!\r\n")]
    [InlineData("1234567890123456\r\n")]
    public void What_is_not_chunked_is_refused(string wire) =>
        Should.Throw<MalformedResponseException>(() => ReadInTwo(Encoding.ASCII.GetBytes(wire), wire.Length));

    [Fact]
    public void A_chunk_line_without_an_end_is_refused()
    {
        var endless = new byte[10_000];
        endless.AsSpan().Fill((byte)'1');

        Should.Throw<MalformedResponseException>(() => ReadInTwo(endless, endless.Length));
    }

    [Fact]
    public void A_head_read_after_another_says_what_it_says_when_read_alone()
    {
        string[] lines =
        [
            "Content-Length: 5", "Content-Length: 7", "Transfer-Encoding: chunked", "Connection: close", "Connection: keep-alive, X-A", "X-A: 1", "x-a: 2",
            "Date: Mon", "Date: Tue", "Set-Cookie: a", "Set-Cookie: b", "Keep-Alive: timeout=5", "Upgrade: x", "Empty:",
        ];
        var head = Gen.Elements("HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found", "HTTP/1.0 200 OK", "HTTP/1.1 200 Fine")
            .Zip(Gen.Elements(lines).ListOf(), static (status, rest) => $"{status}\r\n{string.Concat(rest.Select(static l => l + "\r\n"))}\r\n");
        Prop.ForAll(head.ListOf(6).ToArbitrary(), heads =>
        {
            var used = new ResponseHead();
            foreach (var text in heads)
            {
                var alone = Describe(new(), text);
                if (alone == "malformed")
                {
                    // The connection would be closed: what follows would come over another.
                    Describe(used, text).ShouldBe(alone);
                    used = new();
                    continue;
                }
                Describe(used, text).ShouldBe(alone);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_head_is_read_when_its_last_byte_is_there()
    {
        var bytes = "HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody"u8.ToArray();
        var end = bytes.AsSpan().IndexOf("body"u8);

        for (var length = 0; length < end; length++) new ResponseHead().Read(bytes.AsSpan(0, length)).ShouldBeNull();
        new ResponseHead().Read(bytes).ShouldBe(end);
    }

    [Theory]
    [InlineData("", "192.0.2.1", "192.0.2.1")]
    [InlineData("203.0.113.9", "192.0.2.1", "203.0.113.9, 192.0.2.1")]
    public void The_client_is_added_to_those_that_earlier_proxies_named(string incoming, string client, string expected) =>
        ForwardedHeaders.For(incoming, client).ShouldBe(expected);

    [Theory]
    [InlineData("192.0.2.1", "", "http", "for=192.0.2.1;proto=http")]
    [InlineData("192.0.2.1, 2001:db8::1", "a.example", "https", "for=192.0.2.1;host=a.example;proto=https, for=\"[2001:db8::1]\"")]
    [InlineData("", "a.example", "", "host=a.example")]
    public void Forwarded_says_what_the_X_headers_say(string forwardedFor, string host, string proto, string expected) =>
        ForwardedHeaders.Forwarded(forwardedFor, host, proto).ShouldBe(expected);

    private static string Describe(ResponseHead head, string text)
    {
        try
        {
            head.Read(Encoding.ASCII.GetBytes(text)).ShouldBe(text.Length);
        }
        catch (MalformedResponseException)
        {
            return "malformed";
        }
        var response = new DefaultHttpContext().Response;
        head.CopyTo(response, keepUpgrade: false);
        var headers = string.Join('|', response.Headers.OrderBy(static h => h.Key).Select(static h => $"{h.Key}={string.Join('&', h.Value.ToArray())}"));
        return $"{head.Status} {head.Reason} {head.ContentLength} {head.IsChunked} {head.KeepAlive} {headers}";
    }

    private static (string Body, int Used) ReadInTwo(byte[] bytes, int cut)
    {
        var pipe = new Pipe();
        var response = new DefaultHttpContext().Response;
        var body = new ChunkedBody();
        var used = body.Take(bytes.AsSpan(0, cut), pipe.Writer, response);
        if (!body.IsDone) used += body.Take(bytes.AsSpan(used), pipe.Writer, response);
        pipe.Writer.Complete();
        pipe.Reader.TryRead(out var read);
        return (Encoding.ASCII.GetString(read.Buffer), used);
    }
}
