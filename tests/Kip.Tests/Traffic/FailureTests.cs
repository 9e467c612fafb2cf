using System.Net;
using System.Net.Sockets;
using System.Text;
using Kip.Testing.Traffic;
using Kip.Traffic;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>Pods that refuse, break, hang or die: what is tried again, what is answered, and that nothing is lost.</summary>
public sealed class FailureTests : GatewayTest
{
    protected override GatewayOptions Options => new() { MaxRequestsInFlight = 40 };

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task Nobody_notices_a_pod_that_accepts_no_connections_while_another_does(string method)
    {
        await ServeAsync(static async context => await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync() + "ok"));
        using var dead = new ClosedPort();
        await Bed.PutAsync(TrafficObjects.Pod("app-1", "dead", dead.Number));

        for (var i = 0; i < 30; i++)
        {
            var request = Request(new(method));
            if (method == "POST") request.Content = new StringContent("body ");
            using var response = await SendAsync(request);
            (await response.Content.ReadAsStringAsync(Cancel)).ShouldBe(method == "POST" ? "body ok" : "ok");
        }
    }

    [Fact]
    public async Task An_only_pod_that_accepts_no_connections_is_named_in_a_502()
    {
        using var dead = new ClosedPort();
        await Bed.PutAsync(
            TrafficObjects.Revision("app-1"), TrafficObjects.Pod("app-1", "dead", dead.Number), TrafficObjects.Ingress("app", Host, ("app-1", 100)));

        using var response = await GetAsync();

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        text.ShouldContain("service \"app\" (revision \"default/app-1\")");
        text.ShouldContain($"dead does not accept any at 127.0.0.1:{dead.Number}");
    }

    [Theory]
    [InlineData("GET", 200, 1)]
    [InlineData("HEAD", 200, 1)]
    [InlineData("OPTIONS", 200, 1)]
    [InlineData("POST", 502, 0)]
    [InlineData("DELETE", 502, 0)]
    public async Task Only_safe_requests_are_sent_again_when_a_pod_breaks_before_it_answers(string method, int status, int again)
    {
        var good = await ServeAsync(static context => Task.CompletedTask);
        using var breaking = new BreakingPod("");
        await Bed.RemovePodsAsync("app-1-a");
        await Bed.PutAsync(TrafficObjects.Pod("app-1", "breaking", breaking.Port));
        breaking.OnRequest = async () =>
        {
            await Bed.RemovePodsAsync("breaking");
            await Bed.PutAsync(TrafficObjects.Pod("app-1", "app-1-a", good.Port));
        };

        using var response = await SendAsync(Request(new(method)));

        ((int)response.StatusCode).ShouldBe(status);
        breaking.Requests.ShouldBe(1);
        good.Served.ShouldBe(again);
    }

    [Fact]
    public async Task A_safe_request_is_sent_five_times_and_no_more()
    {
        using var breaking = new BreakingPod("");
        await Bed.PutAsync(
            TrafficObjects.Revision("app-1"), TrafficObjects.Pod("app-1", "a", breaking.Port), TrafficObjects.Ingress("app", Host, ("app-1", 100)));

        using var response = await GetAsync();

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("closed the connection without an answer");
        breaking.Requests.ShouldBe(5);
    }

    [Theory]
    [InlineData("this is not HTTP\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nName : value\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: 1\r\n folded\r\n\r\n")]
    [InlineData("HTTP/1.1 20")]
    public async Task An_answer_that_is_not_HTTP_is_a_502_at_once(string answer)
    {
        using var pod = new BreakingPod(answer);
        await Bed.PutAsync(
            TrafficObjects.Revision("app-1"), TrafficObjects.Pod("app-1", "a", pod.Port), TrafficObjects.Ingress("app", Host, ("app-1", 100)));

        using var response = await GetAsync();

        response.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("not HTTP/1.1");
        pod.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task A_response_that_ends_with_its_connection_is_whole()
    {
        using var pod = new BreakingPod("HTTP/1.0 200 Fine\r\nX: 1\r\n\r\nuntil the end");
        await Bed.PutAsync(
            TrafficObjects.Revision("app-1"), TrafficObjects.Pod("app-1", "a", pod.Port), TrafficObjects.Ingress("app", Host, ("app-1", 100)));

        for (var i = 0; i < 2; i++)
        {
            using var response = await GetAsync();
            response.ReasonPhrase.ShouldBe("Fine");
            (await response.Content.ReadAsStringAsync(Cancel)).ShouldBe("until the end");
        }
    }

    [Fact]
    public async Task More_requests_than_the_gateway_takes_are_refused()
    {
        await Bed.PutAsync(TrafficObjects.Revision("app-1", timeout: 30), TrafficObjects.Ingress("app", Host, ("app-1", 100)));
        var waiting = Enumerable.Range(0, 40).Select(_ => GetAsync()).ToList();
        await Eventually(() => Bed.Gateway.RequestsInFlight == 40);

        using var refused = await GetAsync();

        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await refused.Content.ReadAsStringAsync(Cancel)).ShouldContain("40 requests under way");
        var pod = await StartPodAsync(static context => context.Response.WriteAsync("ok"));
        await Bed.PutAsync(TrafficObjects.Pod("app-1", "a", pod.Port));
        foreach (var answer in await Task.WhenAll(waiting)) answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task No_pod_is_asked_by_more_than_its_last_requests_when_all_die_at_once()
    {
        // Their processes take connections, break them, and are found out one after the other.
        BreakingPod[] dying = [.. Enumerable.Range(0, 3).Select(static _ => new BreakingPod(""))];
        await Bed.PutAsync(
            [
                TrafficObjects.Revision("app-1"), TrafficObjects.Ingress("app", Host, ("app-1", 100)),
                .. dying.Select(static (pod, i) => TrafficObjects.Pod("app-1", $"dying-{i}", pod.Port)),
            ]);
        var good = await StartPodAsync(static context => context.Response.WriteAsync("alive"));
        var remaining = dying.Length;
        foreach (var pod in dying)
            pod.OnRequest = async () =>
            {
                // The last of them to break has the runtime notice all three, and a new pod is ready.
                if (Interlocked.Decrement(ref remaining) != 0) return;
                await Bed.RemovePodsAsync("dying-0", "dying-1", "dying-2");
                await Bed.PutAsync(TrafficObjects.Pod("app-1", "good", good.Port));
            };

        (await GetTextAsync()).ShouldBe("alive");

        dying.Sum(static pod => pod.Requests).ShouldBe(3);
        foreach (var pod in dying) pod.Dispose();
    }

    /// <summary>Takes one request per connection, says what it was told to say, and closes.</summary>
    private sealed class BreakingPod : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly string _answer;
        private int _requests;

        public BreakingPod(string answer)
        {
            _answer = answer;
            _listener.Start();
            _ = RunAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public int Requests => Volatile.Read(ref _requests);

        public Func<Task> OnRequest { get; set; } = static () => Task.CompletedTask;

        public void Dispose() => _listener.Dispose();

        private async Task RunAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    if (await client.GetStream().ReadAsync(new byte[4096]) == 0) continue;
                    Interlocked.Increment(ref _requests);
                    await OnRequest();
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(_answer));
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
            {
                // Disposed.
            }
        }
    }
}
