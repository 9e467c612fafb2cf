using System.Globalization;
using System.Net.WebSockets;
using Kip.Conformance.Serving.Ingress;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Conformance.Serving.Scenarios;

/// <summary>What a client of a Service goes through: waking, draining, streams, tags, visibility. Upstream's <c>test/e2e</c>.</summary>
internal static class TrafficCases
{
    private const string Asleep = "autoscaling.knative.dev/initial-scale: \"0\"";

    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        new("serving/traffic/hello", "The first request to a sleeping Service is answered", "TestHelloWorld", HelloAsync),
        new("serving/traffic/websocket-from-zero", "A WebSocket wakes a sleeping Service and echoes", "TestWebSocketViaActivator", WebSocketAsync),
        new(
            "serving/traffic/websocket-shutdown", "A pod that is deleted says good-bye to its WebSockets", "TestWebSocketGracefulShutdown",
            WebSocketShutdownAsync),
        new("serving/traffic/websocket-timeout", "A WebSocket lives as long as timeoutSeconds lets it", "TestWebSocketWithTimeout", WebSocketTimeoutAsync),
        new("serving/traffic/grpc-from-zero", "A gRPC stream wakes a sleeping Service", "TestGRPCStreamingPingViaActivator", GrpcAsync),
        new("serving/traffic/destroy-pod-in-flight", "A request under way is finished when its pod is deleted", "TestDestroyPodInflight", InFlightAsync),
        new("serving/traffic/destroy-pod-with-requests", "Pods that are deleted under load fail no request", "TestDestroyPodWithRequests", UnderLoadAsync),
        new("serving/traffic/crash-recovers", "A program that crashes is started again, and the Service answers", "6 restarts", CrashAsync),
        new("serving/traffic/tag-host", "A tag has a host of its own, and loses it when it is removed", "1.9 Traffic rules", TagHostAsync),
        new(
            "serving/traffic/visibility", "The label cluster-local takes the public URL away, and removing it brings it back",
            "TestRouteVisibilityChanges", VisibilityAsync),
        new("serving/traffic/configuration-route-deleted", "A deleted Service leaves no Route, Ingress or pod", "2 Reconcilers, ownership", DeletedAsync),
    ];

    private static async Task HelloAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "hello", annotations: Asleep));
        Expect.Equal(Workload.Spaceport, (await target.CallAsync(service.Status.Url!)).Is(200).Body);
    }

    private static string SocketUrl(Service service) => $"ws://{new Uri(service.Status.Url!).Authority}/ws";

    private static async Task WebSocketAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "ws", annotations: Asleep, environment: """{ name: SUFFIX, value: "!" }"""));
        using var socket = await Sockets.ConnectAsync(target, SocketUrl(service));
        Expect.Equal("hello!", await Sockets.SayAsync(target, socket, "hello"));
    }

    private static async Task WebSocketShutdownAsync(ConformanceTarget target)
    {
        // A short time to end, so that the quiet period before it is short, too.
        var service = await target.ReadyServiceAsync(
            Workload.Service(target, "ws", spec: "timeoutSeconds: 10", environment: """{ name: SUFFIX, value: "!" }"""));
        using var socket = await Sockets.ConnectAsync(target, SocketUrl(service));
        Expect.Equal("hello!", await Sockets.SayAsync(target, socket, "hello"));
        var pod = (await target.ListAsync<Pod>("serving.knative.dev/service=ws"))[0];
        await target.DeleteAsync<Pod>(pod.Metadata.Name);
        Expect.Equal("still!", await Sockets.SayAsync(target, socket, "still"));
        var last = await socket.ReceiveAsync(new byte[100].AsMemory(), target.Deadline);
        Expect.That(last.MessageType == WebSocketMessageType.Close, $"the connection goes on with {last.MessageType}");
    }

    private static async Task WebSocketTimeoutAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(
            Workload.Service(target, "ws", spec: "timeoutSeconds: 3", environment: """{ name: SUFFIX, value: "!" }"""));
        await target.EventuallyAsync(() => IsAnsweredAsync(0.2), static () => "no WebSocket is answered within timeoutSeconds");
        Expect.That(!await IsAnsweredAsync(60), "a WebSocket was answered after more than timeoutSeconds");

        // Connecting counts, too, and may take longer than that on a busy machine.
        async Task<bool> IsAnsweredAsync(double after)
        {
            try
            {
                using var socket = await Sockets.ConnectAsync(target, string.Create(CultureInfo.InvariantCulture, $"{SocketUrl(service)}?delay={after}"));
                return await Sockets.SayAsync(target, socket, "hello") == "hello!";
            }
            catch (WebSocketException)
            {
                return false;
            }
        }
    }

    private static async Task GrpcAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "grpc", annotations: Asleep,
            container: "ports: [{ name: h2c, containerPort: 8080 }]", environment: """{ name: H2C, value: "1" }, { name: SUFFIX, value: "-pong" }"""));
        await GrpcCall.EchoesAsync(target, new Uri(service.Status.Url!).Authority, "-pong");
    }

    private static async Task InFlightAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "slow"));
        var pod = (await target.ListAsync<Pod>($"{ServingLabels.Service}=slow")).Single();
        using var underWay = await target.Door.Client.GetAsync(
            $"{service.Status.Url}/timeout?timeout=3000", HttpCompletionOption.ResponseHeadersRead, target.Deadline);
        await target.DeleteAsync<Pod>(pod.Metadata.Name);
        Expect.Equal("Slept for 3000 milliseconds", await underWay.Content.ReadAsStringAsync(target.Deadline));
    }

    private static async Task UnderLoadAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "load", annotations: "autoscaling.knative.dev/min-scale: \"2\""));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(target.Deadline);
        var failures = new List<string>();
        var load = Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
                if (await target.CallAsync($"{service.Status.Url}/?sleep=20") is { Status: not 200 } answer)
                    lock (failures) failures.Add($"{answer.Status} {answer.Body}");
        }));
        for (var round = 0; round < 3; round++)
        {
            var ready = await target.WaitAllAsync<Pod>($"{ServingLabels.Service}=load",
                static pods => pods.Count(static p => p.Metadata.DeletionTimestamp is null && p.Status.Conditions.IsTrue("Ready")) >= 2, "two");
            var victim = ready.First(static p => p.Metadata.DeletionTimestamp is null).Metadata.Name;
            await target.DeleteAsync<Pod>(victim);
            await target.GoneAsync<Pod>(victim);
        }
        await stop.CancelAsync();
        await load;
        Expect.That(failures.Count == 0, $"{failures.Count} requests failed, e.g. {failures.FirstOrDefault()}");
    }

    private static async Task CrashAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "fragile", annotations: "autoscaling.knative.dev/min-scale: \"1\""));
        // A safe request would be sent again to the next program.
        using var fatal = new HttpRequestMessage(HttpMethod.Post, $"{service.Status.Url}/crash?code=3");
        try
        {
            await target.SendAsync(fatal);
        }
        catch (HttpRequestException)
        {
            // The program was gone before the end of its answer was out.
        }
        await target.WaitAllAsync<Pod>(
            $"{ServingLabels.Service}=fragile", static pods => pods.Any(static p => p.Status.ContainerStatuses.Any(static c => c.RestartCount > 0)),
            "restarted");
        (await target.CallAsync(service.Status.Url!)).Is(200);
    }

    private static async Task TagHostAsync(ConformanceTarget target)
    {
        await target.ReadyServiceAsync(Workload.Service(target, "hello"));
        var tagged = await target.ReadyAsync(await target.PatchAsync<Service>("hello",
            """{"spec":{"traffic":[{"latestRevision":true,"percent":100},{"tag":"blue","revisionName":"hello-00001"}]}}"""));
        var url = tagged.TagUrl("blue");
        await target.AnswersAsync(url, Workload.Spaceport);
        await target.ReadyAsync(await target.PatchAsync<Service>("hello", """{"spec":{"traffic":[{"latestRevision":true,"percent":100}]}}"""));
        await target.EventuallyAsync(async () => (await target.CallAsync(url)).Status == 404, () => $"{url} is still served");
    }

    private static async Task VisibilityAsync(ConformanceTarget target)
    {
        var service = await target.ReadyServiceAsync(Workload.Service(target, "hello"));
        var open = service.Status.Url!;
        await target.PatchAsync<Service>("hello", """{"metadata":{"labels":{"networking.knative.dev/visibility":"cluster-local"}}}""");
        var inside = await target.WaitAsync<Service>("hello", s => s.Status.Url != open && s.Status.Conditions.IsTrue("Ready"), "cluster-local");
        Expect.Equal($"http://hello.{target.Namespace}.svc.cluster.local", inside.Status.Url);
        await target.EventuallyAsync(async () => (await target.CallAsync(open)).Status == 404, () => $"{open} is still served");
        await target.PatchAsync<Service>("hello", """{"metadata":{"labels":{"networking.knative.dev/visibility":null}}}""");
        await target.WaitAsync<Service>("hello", s => s.Status.Url == open && s.Status.Conditions.IsTrue("Ready"), "public again");
        await target.AnswersAsync(open, Workload.Spaceport);
    }

    private static async Task DeletedAsync(ConformanceTarget target)
    {
        await target.ReadyServiceAsync(Workload.Service(target, "hello", annotations: "autoscaling.knative.dev/min-scale: \"1\""));
        await target.DeleteAsync<Service>("hello");
        await target.WaitAllAsync<Route>(null, static all => all.Count == 0, "gone");
        await target.WaitAllAsync<Kip.Resources.Networking.Ingress>(null, static all => all.Count == 0, "gone");
        await target.WaitAllAsync<Pod>(null, static all => all.Count == 0, "gone");
    }
}
