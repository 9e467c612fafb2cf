using System.Net;
using System.Text.RegularExpressions;
using Kip.Testing.Traffic;
using Kip.Traffic;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Traffic.Direct;

/// <summary>Plain requests go from socket to socket; whatever else comes on the same connection is served all the same.</summary>
public sealed partial class DirectPathTests : GatewayTest
{
    private const string Get = $"GET /a?b HTTP/1.1\r\nhost: {Host}\r\nx-odd: 1\r\nConnection: keep-alive\r\n\r\n";
    private const string Forwarded = "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nForwarded: for=127.0.0.1;proto=http\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task A_pod_gets_a_plain_request_as_it_came_and_one_connection_takes_many()
    {
        using var pod = await ServeRawAsync(closes: false, Ok);
        using var client = await ConnectAsync();

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync(Get, Cancel);
            (await client.ReadAsync("ok", Cancel)).ShouldBe("HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 2\r\n\r\nok");
            (await pod.Requests.ReadAsync(Cancel)).ShouldBe($"GET /a?b HTTP/1.1\r\nhost: {Host}\r\nx-odd: 1\r\n" + Forwarded);
        }
    }

    [Fact]
    public async Task A_body_goes_with_its_request()
    {
        using var pod = await ServeRawAsync(closes: false, Ok);
        using var client = await ConnectAsync();

        await client.SendAsync($"POST / HTTP/1.1\r\nhost: {Host}\r\nContent-Length: 5\r\n\r\nhello", Cancel);

        (await client.ReadAsync("ok", Cancel)).ShouldEndWith("ok");
        (await pod.Requests.ReadAsync(Cancel)).ShouldBe($"POST / HTTP/1.1\r\nhost: {Host}\r\nContent-Length: 5\r\n{Forwarded}hello");
    }

    [Fact]
    public async Task Requests_sent_at_once_are_answered_in_order()
    {
        await ServeAsync(static context => context.Response.WriteAsync($"{context.Request.Path}."));
        using var client = await ConnectAsync();
        // More than one segment of the connection's memory, so that some requests lie across two.
        var requests = Enumerable.Range(0, 200).Select(static i => $"GET /{i} HTTP/1.1\r\nHost: {Host}\r\nX: {new string('x', i)}\r\n\r\n");

        await client.SendAsync(string.Concat(requests), Cancel);

        var text = await client.ReadAsync("/199.\r\n0\r\n\r\n", Cancel);
        Paths().Matches(text).Select(static m => m.Groups[1].Value).ShouldBe(Enumerable.Range(0, 200).Select(static i => i.ToString()));
    }

    [Theory]
    [InlineData("X-Request-Id: 1\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")]
    [InlineData("X-Forwarded-For: 9.9.9.9\r\n\r\n")]
    public async Task What_is_not_plain_is_served_on_the_same_connection_and_so_is_what_follows(string rest)
    {
        var pod = await ServeAsync(static async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync("ok");
        });
        using var client = await ConnectAsync();

        foreach (var request in (string[])[Get, $"POST / HTTP/1.1\r\nHost: {Host}\r\n{rest}", Get])
        {
            await client.SendAsync(request, Cancel);
            (await client.ReadAsync("2\r\nok\r\n0\r\n\r\n", Cancel)).ShouldStartWith("HTTP/1.1 200 OK\r\n");
        }

        pod.Served.ShouldBe(3);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nX-Request-Id: 1\r\nContent-Length: 20000\r\n", null)]
    public async Task What_is_sent_behind_what_is_not_plain_goes_with_the_connection(string odd, string? body)
    {
        var pod = await ServeAsync(static async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync($"{context.Request.Path}.");
        });
        using var client = await ConnectAsync();
        var plain = Enumerable.Range(0, 200).Select(static i => $"GET /{i} HTTP/1.1\r\nHost: {Host}\r\n\r\n").ToArray();

        await client.SendAsync(
            string.Concat([.. plain[..100], odd, $"Host: {Host}\r\n\r\n", body ?? new string('x', 20_000), .. plain[100..]]), Cancel);

        var text = await client.ReadAsync("/199.\r\n0\r\n\r\n", Cancel);
        Paths().Matches(text).Select(static m => m.Groups[1].Value).ShouldBe(Enumerable.Range(0, 200).Select(static i => i.ToString()));
        pod.Served.ShouldBe(201);
    }

    [Fact]
    public async Task A_plain_request_larger_than_the_first_look_is_passed_on_as_it_came()
    {
        await ServeAsync(static async context => await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync() + "."));
        using var client = await ConnectAsync();
        var body = string.Concat(Enumerable.Range(0, 2500).Select(static i => $"{i:d4},"));

        await client.SendAsync($"POST / HTTP/1.1\r\nHost: {Host}\r\nContent-Length: {body.Length}\r\n\r\n{body}", Cancel);

        Sizes().Replace(await client.ReadAsync("\r\n0\r\n\r\n", Cancel), "").ShouldContain(body + ".");
    }

    [Fact]
    public async Task A_large_response_comes_whole_to_a_client_that_reads_slowly()
    {
        var body = string.Concat(Enumerable.Range(0, 400_000).Select(static i => $"{i:d9}."));
        await ServeAsync(async context =>
        {
            context.Response.ContentLength = body.Length;
            await context.Response.WriteAsync(body);
        });
        using var client = await ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Get, Cancel);
            var text = await client.ReadAtLeastAsync(body.Length, Cancel);
            text.ShouldStartWith("HTTP/1.1 200 OK\r\n");
            text.EndsWith("\r\n\r\n" + body, StringComparison.Ordinal).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_client_that_sends_no_more_ends_its_request()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await ServeAsync(async context =>
        {
            context.RequestAborted.Register(() => ended.TrySetResult());
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var client = await ConnectAsync();
        await client.SendAsync(Get, Cancel);
        await begun.Task.WaitAsync(Cancel);

        client.EndSending();

        (await client.ReadToEndAsync(Cancel)).ShouldBeEmpty();
        await ended.Task.WaitAsync(Cancel);
    }

    [Fact]
    public async Task Many_clients_that_come_and_go_leave_nothing()
    {
        var pod = await ServeAsync(static context => context.Response.WriteAsync("ok"));

        await Parallel.ForAsync(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 20, CancellationToken = Cancel }, async (i, cancel) =>
        {
            using var client = await ConnectAsync();
            // Some only connect, some go in the middle of a request or with the answer unread, some wait for it.
            if (i % 4 == 1) await client.SendAsync(Get[..20], cancel);
            if (i % 4 >= 2) await client.SendAsync(Get, cancel);
            if (i % 4 == 3) (await client.ReadAsync("0\r\n\r\n", cancel)).ShouldContain("ok");
        });

        await Eventually(() => Bed.Gateway.DirectConnections == 0 && Bed.Gateway.RequestsInFlight == 0);
        (await GetTextAsync()).ShouldBe("ok");
        pod.Served.ShouldBeGreaterThan(250);
    }

    [Fact]
    public async Task A_request_that_comes_in_pieces_is_served()
    {
        await ServeAsync(static async context => await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync() + "."));
        using var client = await ConnectAsync();
        var request = $"POST / HTTP/1.1\r\nHost: {Host}\r\nContent-Length: 5\r\n\r\nhello";

        foreach (var piece in request) await client.SendAsync(piece.ToString(), Cancel);

        (await client.ReadAsync("hello.\r\n0\r\n\r\n", Cancel)).ShouldStartWith("HTTP/1.1 200 OK\r\n");
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 6\r\n\r\nabc|def", "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 6\r\n\r\nabcdef")]
    [InlineData(
        "HTTP/1.1 20|1 Made\r\nDate: d\r\nSet-Cookie: a\r\nset-cookie: b\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 201 Made\r\nDate: d\r\nSet-Cookie: a\r\nset-cookie: b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\nDate: d\r\n\r\n", "HTTP/1.1 204 No Content\r\nDate: d\r\n\r\n")]
    [InlineData("HTTP/1.1 304 Not Modified\r\nDate: d\r\nContent-Length: 9\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nDate: d\r\nContent-Length: 9\r\n\r\n")]
    [InlineData(
        "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 1\r\n\r\na")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nDate: d\r\nConnection: keep-alive, A\r\nA: 1\r\nB: 2\r\nKeep-Alive: timeout=5\r\nContent-Length: 1\r\n\r\na",
        "HTTP/1.1 200 OK\r\nDate: d\r\nB: 2\r\nContent-Length: 1\r\n\r\na")]
    public async Task A_client_gets_a_response_without_what_concerns_the_connection_to_the_pod(string response, string seen)
    {
        using var pod = await ServeRawAsync(closes: false, response.Split('|'));
        using var client = await ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Get, Cancel);
            (await client.ReadAsync(seen, Cancel)).ShouldBe(seen);
        }
    }

    [Theory]
    [InlineData(false, "HTTP/1.1 200 OK\r\nDate: d\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc|\r\n4\r\nde|fg\r\n0\r\nTrailer: 1\r\n|\r\n")]
    [InlineData(true, "HTTP/1.1 200 OK\r\nDate: d\r\n\r\nabc|defg")]
    [InlineData(true, "HTTP/1.0 200 OK\r\nDate: d\r\n\r\n|abcdefg")]
    public async Task A_body_without_a_length_is_chunked(bool closes, string response)
    {
        using var pod = await ServeRawAsync(closes, response.Split('|'));
        using var client = await ConnectAsync();

        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Get, Cancel);
            var text = await client.ReadAsync("\r\n0\r\n\r\n", Cancel);
            text.ShouldStartWith("HTTP/1.1 200 OK\r\nDate: d\r\nTransfer-Encoding: chunked\r\n\r\n");
            Sizes().Replace(text[text.IndexOf("\r\n\r\n", StringComparison.Ordinal)..], "").ShouldBe("abcdefg");
        }
    }

    [Fact]
    public async Task A_HEAD_has_no_body_whatever_the_head_says()
    {
        using var pod = await ServeRawAsync(closes: false, "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 6\r\n\r\n");
        using var client = await ConnectAsync();

        await client.SendAsync($"HEAD / HTTP/1.1\r\nHost: {Host}\r\n\r\n", Cancel);

        (await client.ReadAsync("\r\n\r\n", Cancel)).ShouldBe("HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 6\r\n\r\n");
    }

    [Fact]
    public async Task A_response_without_a_date_gets_one()
    {
        using var pod = await ServeRawAsync(closes: false, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        using var client = await ConnectAsync();

        await client.SendAsync(Get, Cancel);

        (await client.ReadAsync("ok", Cancel))
            .ShouldMatch("^HTTP/1.1 200 OK\r\nDate: [A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT\r\nContent-Length: 2\r\n\r\nok$");
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 6\r\n\r\nabc")]
    [InlineData("HTTP/1.1 200 OK\r\nDate: d\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nDate: d\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nx\r\n")]
    public async Task A_response_that_breaks_off_is_cut(string response)
    {
        using var pod = await ServeRawAsync(closes: true, response);
        using var client = await ConnectAsync();

        await client.SendAsync(Get, Cancel);

        (await client.ReadToEndAsync(Cancel)).ShouldNotEndWith("0\r\n\r\n");
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\rc\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 O\rK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA b: c\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")]
    public async Task What_a_client_could_misread_is_a_502(string response)
    {
        using var pod = await ServeRawAsync(closes: false, response);
        using var client = await ConnectAsync();

        await client.SendAsync(Get, Cancel);

        (await client.ReadAsync("h2c\n", Cancel)).ShouldStartWith("HTTP/1.1 502 Bad Gateway\r\n");
    }

    [Fact]
    public async Task A_request_whose_time_is_up_is_not_sent_again()
    {
        var pod = await ServeAsync(static context => Task.Delay(Timeout.Infinite, context.RequestAborted), timeout: 1);

        using var response = await SendAsync(Request(HttpMethod.Get));

        response.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        // On a busy machine its time may be up before it is sent at all.
        pod.Served.ShouldBeLessThanOrEqualTo(1);
    }

    private async Task<RawPod> ServeRawAsync(bool closes, params string[] pieces)
    {
        var pod = new RawPod(closes, pieces);
        await Bed.PutAsync(TrafficObjects.Revision("app-1"), TrafficObjects.Pod("app-1", "a", pod.Port), TrafficObjects.Ingress("app", Host, ("app-1", 100)));
        return pod;
    }

    private Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(Bed.Gateway.EndPoint, Cancel);

    [GeneratedRegex(@"\r\n/(\d+)\.\r\n")]
    private static partial Regex Paths();

    [GeneratedRegex(@"\r\n([0-9a-f]+\r\n)?")]
    private static partial Regex Sizes();
}
