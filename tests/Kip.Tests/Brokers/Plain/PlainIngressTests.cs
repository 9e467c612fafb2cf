using System.Net.Sockets;
using System.Text;
using Kip.Testing.Eventing;
using Shouldly;

namespace Kip.Tests.Brokers.Plain;

public sealed class PlainIngressTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private BrokerBed _bed = null!;
    private EventSink _sink = null!;
    private TcpClient _client = null!;
    private NetworkStream _stream = null!;

    public async ValueTask InitializeAsync()
    {
        _bed = await BrokerBed.StartAsync();
        _sink = await EventSink.StartAsync();
        await _bed.PutAsync(EventingObjects.Broker(), EventingObjects.Trigger("all", _sink.Url.ToString()));
        _client = new();
        await _client.ConnectAsync(_bed.Broker.EndPoint);
        _stream = _client.GetStream();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _bed.DisposeAsync();
        await _sink.DisposeAsync();
    }

    [Fact]
    public async Task Events_on_one_connection_are_answered_one_after_the_other_and_all_delivered()
    {
        await SendAsync(Event("1") + Event("2") + Event("3"));
        for (var i = 0; i < 3; i++)
        {
            var answer = await ReadAsync();
            answer.ShouldStartWith("HTTP/1.1 202 Accepted\r\n");
            answer.ShouldContain("\r\nContent-Length: 0\r\n");
            answer.ShouldContain("\r\nAllow: POST, OPTIONS\r\n");
            answer.ShouldMatch(@"\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n");
        }
        var received = await _sink.NextAsync(3);
        received.Select(static e => e.Event.Id).ShouldBe(["1", "2", "3"], ignoreOrder: true);
        received[0].Headers["traceparent"].ShouldMatch("^00-[0-9a-f]{32}-[0-9a-f]{16}-00$");
        DateTimeOffset.TryParse(received[0].Extension("knativearrivaltime"), out _).ShouldBeTrue();
    }

    [Fact]
    public async Task An_event_that_comes_in_pieces_is_waited_for()
    {
        var whole = Event("slow", body: new string('x', 50_000));
        foreach (var piece in whole.Chunk(9_000))
        {
            await SendAsync(new string(piece));
            await _stream.FlushAsync();
        }
        (await ReadAsync()).ShouldStartWith("HTTP/1.1 202 ");
        (await _sink.NextAsync()).Event.Data.Length.ShouldBe(50_000);
    }

    [Fact]
    public async Task What_is_not_plain_is_answered_by_the_HTTP_server_on_the_same_connection()
    {
        await SendAsync(Event("1"));
        (await ReadAsync()).ShouldStartWith("HTTP/1.1 202 ");
        await SendAsync(Event("2", headers: "ce-subject: a%20b\r\n"));
        (await ReadAsync()).ShouldStartWith("HTTP/1.1 202 ");
        await SendAsync(Event("3"));
        (await ReadAsync()).ShouldStartWith("HTTP/1.1 202 ");
        await SendAsync(Event("").Replace("ce-id: ", "ce-none: "));
        (await ReadAsync()).ShouldStartWith("HTTP/1.1 400 ");
        (await _sink.NextAsync(3)).ShouldContain(static e => e.Event.Subject == "a b");
    }

    [Fact]
    public async Task An_event_for_a_broker_that_is_not_there_is_answered_404_with_the_reason()
    {
        await SendAsync(Event("1").Replace("/default/main", "/default/other"));
        var answer = await ReadAsync();
        answer.ShouldStartWith("HTTP/1.1 404 ");
        answer.ShouldContain("there is no broker default/other");
    }

    [Fact]
    public async Task A_client_that_goes_in_the_middle_of_an_event_leaves_nothing_behind()
    {
        await SendAsync(Event("gone")[..^3]);
        _client.Client.Shutdown(SocketShutdown.Send);
        // Whatever it is told, the connection ends.
        var rest = new MemoryStream();
        await _stream.CopyToAsync(rest).WaitAsync(Deadline);
        (await _bed.SendAsync("after")).EnsureSuccessStatusCode();
        (await _sink.NextAsync()).Event.Id.ShouldBe("after");
    }

    private static string Event(string id, string body = "{}", string headers = "") =>
        $"POST /default/main HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {body.Length}\r\nContent-Type: application/json\r\n"
        + $"ce-specversion: 1.0\r\nce-id: {id}\r\nce-source: /s\r\nce-type: t\r\n{headers}\r\n{body}";

    private async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(text));

    // One answer, its body included.
    private async Task<string> ReadAsync()
    {
        using var patience = new CancellationTokenSource(Deadline);
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await _stream.ReadExactlyAsync(one, patience.Token);
            text.Append((char)one[0]);
        }
        var head = text.ToString();
        var at = head.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase) + "Content-Length: ".Length;
        var body = new byte[int.Parse(head[at..head.IndexOf('\r', at)])];
        await _stream.ReadExactlyAsync(body, patience.Token);
        return head + Encoding.UTF8.GetString(body);
    }
}
