using System.Net;
using System.Net.Http;
using Kip.Resources;
using Kip.Testing.Time;
using Kip.Testing.Traffic;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>A service that is asked for more than it can ever answer tells the rest to come again, and then is well again.</summary>
public sealed class OverloadTests
{
    private const string Host = "app.default.localhost";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_cannot_be_served_is_refused_with_Retry_After_and_what_waits_is_served_when_a_slot_is_free()
    {
        var time = new ManualTimeProvider();
        var open = new TaskCompletionSource();
        await using var pod = await FakePod.StartAsync(async context =>
        {
            await open.Task;
            await context.Response.WriteAsync("served");
        });
        await using var bed = await GatewayBed.StartAsync(time: time);
        var revision = TrafficObjects.Revision("app-1", concurrency: 1);
        await bed.PutAsync(
            revision with { Metadata = revision.Metadata with { Annotations = StringMap.Of(("autoscaling.knative.dev/max-scale", "1")) } },
            TrafficObjects.Pod("app-1", "a", pod.Port), TrafficObjects.Ingress("app", Host, ("app-1", 100)));
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromMinutes(2) };
        var asked = new List<Task<HttpResponseMessage>>();

        // A crowd that grows each second; the gateway notices at its own pace, so the seconds go on until it has.
        for (var second = 0; second < 200 && !asked.Any(static a => a.IsCompleted); second++)
        {
            for (var i = 0; i < 10; i++) asked.Add(AskAsync(client, bed.Url));
            while (bed.Gateway.RequestsInFlight < asked.Count(static a => !a.IsCompleted)) await Task.Delay(5, Cancel);
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(20, Cancel);
        }
        var refused = await await Task.WhenAny(asked);
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter.ShouldNotBeNull();
        (await refused.Content.ReadAsStringAsync(Cancel)).ShouldContain("is overloaded");

        // One at the pod and ten in the queue are held, whoever comes beyond that is not.
        while (bed.Gateway.RequestsInFlight > 11) await Task.Delay(5, Cancel);
        (await AskAsync(client, bed.Url)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        open.SetResult();
        var answers = await Task.WhenAll(asked);
        answers.Count(static a => a.StatusCode == HttpStatusCode.OK).ShouldBe(11);
        (await AskAsync(client, bed.Url)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient client, Uri gateway) =>
        client.SendAsync(new HttpRequestMessage(HttpMethod.Get, gateway) { Headers = { Host = Host } }, Cancel);
}
