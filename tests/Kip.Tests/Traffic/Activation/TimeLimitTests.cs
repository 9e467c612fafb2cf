using System.Net;
using System.Threading.Channels;
using Kip.Testing.Time;
using Kip.Testing.Traffic;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Traffic.Activation;

/// <summary>Requests whose time is up, and those that wait for a pod however often it is tried: by a clock that the test moves.</summary>
public sealed class TimeLimitTests : GatewayTest
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(0.4);

    private readonly ManualTimeProvider _time = new();

    protected override TimeProvider Time => _time;

    [Fact]
    public async Task A_request_whose_only_pod_dies_waits_for_the_next_one()
    {
        using var dead = new ClosedPort();
        await Bed.PutAsync(
            TrafficObjects.Revision("app-1"), TrafficObjects.Pod("app-1", "dead", dead.Number), TrafficObjects.Ingress("app", Host, ("app-1", 100)));
        var waiting = GetTextAsync();
        await Eventually(() => Bed.Gateway.RequestsInFlight == 1);
        await Bed.RemovePodsAsync("dead");
        var next = await StartPodAsync(static context => context.Response.WriteAsync("next"));
        await Bed.PutAsync(TrafficObjects.Pod("app-1", "next", next.Port));

        await MovingAsync(waiting);
        (await waiting).ShouldBe("next");
    }

    [Fact]
    public async Task The_total_time_covers_the_answer_too()
    {
        await ServeAsync(static async context =>
        {
            await context.Response.WriteAsync("begun");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }, timeout: 1);
        using var response = await GetAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK);

        _time.Advance(TimeSpan.FromSeconds(2));
        await Should.ThrowAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync(Cancel));
    }

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(30, 1, 0)]
    [InlineData(30, 0, 1)]
    public async Task An_application_that_does_not_answer_in_time_is_a_504(int total, int start, int idle)
    {
        var pod = await ServeAsync(
            static context => Task.Delay(Timeout.Infinite, context.RequestAborted), timeout: total, responseStart: start, idle: idle);
        var asked = GetAsync();
        await Eventually(() => pod.Now == 1);

        _time.Advance(TimeSpan.FromSeconds(1.1));
        using var response = await asked;
        response.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldStartWith("activator request timeout\nservice \"app\"");
    }

    [Fact]
    public async Task A_response_that_moves_does_not_stand_still()
    {
        var parts = Channel.CreateUnbounded<string>();
        await ServeAsync(async context =>
        {
            await foreach (var part in parts.Reader.ReadAllAsync(context.RequestAborted))
            {
                await context.Response.WriteAsync(part);
                await context.Response.Body.FlushAsync();
            }
        }, responseStart: 1, idle: 1);
        parts.Writer.TryWrite("x");
        using var response = await GetAsync();
        await using var body = await response.Content.ReadAsStreamAsync(Cancel);

        // The gateway may still be noting one part when the next step is made: two of them are less than what it may stand still.
        var one = new byte[1];
        for (var i = 0; i < 8; i++)
        {
            await body.ReadExactlyAsync(one, Cancel);
            _time.Advance(Step);
            parts.Writer.TryWrite("x");
        }
        parts.Writer.Complete();
        await body.ReadExactlyAsync(one, Cancel);
        (await body.ReadAsync(one, Cancel)).ShouldBe(0);
    }

    // Lets time pass, a little at once, until something has come about.
    private async Task MovingAsync(Task awaited)
    {
        for (var i = 0; i < 6000 && !awaited.IsCompleted; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Delay(10, Cancel);
        }
    }
}
