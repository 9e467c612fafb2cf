using Kip.Testing.Time;
using Kip.Testing.Traffic;
using Kip.Traffic;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Shouldly;

namespace Kip.Tests.Traffic.Direct;

/// <summary>When a connection on the direct path ends.</summary>
public sealed class DirectEndTests
{
    private const string Host = "app.default.localhost";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_that_nobody_uses_is_closed()
    {
        var time = new ManualTimeProvider();
        await using var bed = await GatewayBed.StartAsync(time: time);
        await using var pod = await ServeAsync(bed, static context => context.Response.WriteAsync("ok"));
        using var client = await RawClient.ConnectAsync(bed.Gateway.EndPoint, Cancel);
        await client.SendAsync(Get("/"), Cancel);
        (await client.ReadAsync("0\r\n\r\n", Cancel)).ShouldContain("ok");

        var end = client.ReadToEndAsync(Cancel);
        await PassAsync(time, end);

        end.IsCompleted.ShouldBeTrue();
        (await end).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_gateway_that_stops_lets_requests_end_and_closes_what_is_idle()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        RawClient idle, busy;
        FakePod pod;
        Task<string> last;
        await using (var bed = await GatewayBed.StartAsync(new() { ShutdownTimeout = TimeSpan.FromSeconds(60) }))
        {
            pod = await ServeAsync(bed, async context =>
            {
                if (context.Request.Path == "/slow")
                {
                    arrived.SetResult();
                    await goOn.Task;
                }
                await context.Response.WriteAsync("ok");
            });
            idle = await RawClient.ConnectAsync(bed.Gateway.EndPoint, Cancel);
            await idle.SendAsync(Get("/"), Cancel);
            (await idle.ReadAsync("0\r\n\r\n", Cancel)).ShouldContain("ok");
            busy = await RawClient.ConnectAsync(bed.Gateway.EndPoint, Cancel);
            await busy.SendAsync(Get("/slow"), Cancel);
            await arrived.Task.WaitAsync(Cancel);
            // The gateway stops with the end of this block; the idle connection's end is what tells that it has begun to.
            last = EndAsync(idle, busy, goOn);
        }

        var answer = await last;
        answer.ShouldContain("Connection: close\r\n");
        answer.ShouldEndWith("2\r\nok\r\n0\r\n\r\n");
        idle.Dispose();
        busy.Dispose();
        await pod.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_cut_off()
    {
        var time = new ManualTimeProvider();
        await using var bed = await GatewayBed.StartAsync(time: time);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var pod = await FakePod.StartAsync(async context =>
        {
            // The pod's own server would cut it, too.
            context.Features.GetRequiredFeature<IHttpMinResponseDataRateFeature>().MinDataRate = null;
            context.RequestAborted.Register(ended.SetResult);
            begun.SetResult();
            while (true) await context.Response.Body.WriteAsync(new byte[64 * 1024], context.RequestAborted);
        });
        await bed.PutAsync(
            TrafficObjects.Revision("app-1", timeout: 86_400), TrafficObjects.Pod("app-1", "app-1-a", pod.Port),
            TrafficObjects.Ingress("app", Host, ("app-1", 100)));
        using var client = await RawClient.ConnectAsync(bed.Gateway.EndPoint, Cancel);

        await client.SendAsync(Get("/"), Cancel);
        await begun.Task.WaitAsync(Cancel);

        await PassAsync(time, ended.Task);
        ended.Task.IsCompleted.ShouldBeTrue();
    }

    // Lets seconds pass until something has come about; a day would end it in any case.
    private static async Task PassAsync(ManualTimeProvider time, Task awaited)
    {
        for (var passed = 0; !awaited.IsCompleted && passed < 80_000; passed++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(awaited, Task.Delay(1, Cancel));
        }
    }

    private static async Task<string> EndAsync(RawClient idle, RawClient busy, TaskCompletionSource goOn)
    {
        (await idle.ReadToEndAsync(Cancel)).ShouldBeEmpty();
        goOn.SetResult();
        return await busy.ReadToEndAsync(Cancel);
    }

    private static string Get(string path) => $"GET {path} HTTP/1.1\r\nHost: {Host}\r\n\r\n";

    private static async Task<FakePod> ServeAsync(GatewayBed bed, RequestDelegate handler)
    {
        var pod = await FakePod.StartAsync(handler);
        await bed.PutAsync(
            TrafficObjects.Revision("app-1"), TrafficObjects.Pod("app-1", "app-1-a", pod.Port), TrafficObjects.Ingress("app", Host, ("app-1", 100)));
        return pod;
    }
}
