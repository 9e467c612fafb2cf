using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http;
using Kip.Rules.RequestLogs;
using Kip.Testing.Traffic;
using Kip.Traffic.Observability;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Kip.Tests.Traffic;

/// <summary>One request in the access log, in traces and in metrics.</summary>
[Collection(AloneCollection.Name)]
public sealed class ObservabilityTests : GatewayTest
{
    private readonly ConcurrentQueue<string> _lines = [];

    private void Log(string template) => Bed.Gateway.RequestLog = new(RequestLogTemplate.Parse(template, out _)!, Probes: true, _lines.Enqueue);

    private static Task EchoIds(HttpContext context) =>
        context.Response.WriteAsync($"{context.Request.Headers["X-Request-Id"]} {context.Request.Headers.TraceParent}");

    [Fact]
    public async Task One_id_is_in_the_access_log_the_response_and_the_pods_request()
    {
        await ServeAsync(EchoIds);
        Log("{{.RequestID}} {{.Request.Method}} {{.Request.RequestURI}} {{.Response.Code}} {{.Response.Size}} {{.Revision.Service}} {{.Revision.PodName}}");

        using var response = await GetAsync("/a?b=c");
        var id = response.Headers.GetValues("X-Request-Id").ShouldHaveSingleItem();
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldBe($"{id} ");

        id.Length.ShouldBe(16);
        await Eventually(() => !_lines.IsEmpty);
        _lines.ShouldHaveSingleItem().ShouldBe($"{id} GET /a?b=c 200 17 app app-1-a");
    }

    [Fact]
    public async Task A_line_about_a_request_that_reached_a_pod_is_told_with_the_pod()
    {
        var told = new ConcurrentQueue<string>();
        await ServeAsync(EchoIds);
        Log("{{.Request.RequestURI}}");
        Bed.Gateway.RequestLog = Bed.Gateway.RequestLog! with { WriteOf = (pod, line) => told.Enqueue($"{pod} {line}") };

        (await GetAsync("/nowhere", host: "unknown.test")).Dispose();
        (await GetAsync("/here")).Dispose();

        await Eventually(() => !told.IsEmpty);
        told.ShouldHaveSingleItem().ShouldBe("default/app-1-a /here");
    }

    [Fact]
    public async Task A_clients_own_id_is_kept_and_one_that_is_none_is_replaced()
    {
        await ServeAsync(EchoIds);
        var request = Request(HttpMethod.Get);
        request.Headers.Add("X-Request-Id", "my-id");
        using var response = await SendAsync(request);
        response.Headers.GetValues("X-Request-Id").ShouldBe(["my-id"]);

        using var plain = await GetAsync();
        plain.Headers.Contains("X-Request-Id").ShouldBeFalse("nobody writes or traces, so there is nothing to find it in");

        Log("x");
        var wrong = Request(HttpMethod.Get);
        wrong.Headers.Add("X-Request-Id", "with space");
        using var replaced = await SendAsync(wrong);
        replaced.Headers.GetValues("X-Request-Id").ShouldHaveSingleItem().Length.ShouldBe(16);
    }

    [Fact]
    public async Task What_the_gateway_answers_itself_carries_the_id_and_is_written_too()
    {
        await Bed.PutAsync(TrafficObjects.Revision("app-1", timeout: 1), TrafficObjects.Ingress("app", Host, ("app-1", 100)));
        Log("{{.RequestID}} {{.Response.Code}}");

        using var response = await GetAsync();

        response.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        var id = response.Headers.GetValues("X-Request-Id").ShouldHaveSingleItem();
        await Eventually(() => !_lines.IsEmpty);
        _lines.ShouldHaveSingleItem().ShouldBe($"{id} 504");
    }

    [Fact]
    public async Task Spans_continue_the_clients_trace_and_the_pod_continues_theirs()
    {
        var spans = new ConcurrentQueue<Activity>();
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Kip.Traffic", Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
            ActivityStarted = span =>
            {
                if (span.OperationName == "throttler_try") waits.TrySetResult();
            },
        };
        ActivitySource.AddActivityListener(listener);
        var trace = ActivityTraceId.CreateRandom().ToString();
        await Bed.PutAsync(TrafficObjects.Revision("app-1"), TrafficObjects.Ingress("app", Host, ("app-1", 100)));
        var request = Request(HttpMethod.Get);
        request.Headers.Add("traceparent", $"00-{trace}-b7ad6b7169203331-01");
        var answer = SendAsync(request);
        var pod = await StartPodAsync(EchoIds);
        await waits.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        await Bed.PutAsync(TrafficObjects.Pod("app-1", "app-1-a", pod.Port));

        using var response = await answer;
        var seen = (await response.Content.ReadAsStringAsync(Cancel)).Split(' ')[1];

        await Eventually(() => spans.Count(s => s.TraceId.ToString() == trace) == 3);
        var all = spans.Where(s => s.TraceId.ToString() == trace).ToDictionary(static s => s.OperationName);
        all["handle"].ParentSpanId.ToString().ShouldBe("b7ad6b7169203331");
        all["handle"].GetTagItem("kn.revision.name").ShouldBe("app-1");
        all["handle"].GetTagItem("http.response.status_code").ShouldBe(200);
        all["throttler_try"].ParentSpanId.ShouldBe(all["handle"].SpanId);
        all["activator_proxy"].ParentSpanId.ShouldBe(all["handle"].SpanId);
        seen.ShouldBe(all["activator_proxy"].Id);
    }

    [Fact]
    public async Task Metrics_carry_Knatives_names_and_no_word_of_the_clients()
    {
        var measured = new ConcurrentQueue<(string Name, Dictionary<string, object?> Tags)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Kip.Traffic") listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, tags));
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
        listener.Start();
        // Under a name of its own: the gateways of other tests measure at the same time.
        var pod = await StartPodAsync(static context => context.Response.WriteAsync("x"));
        await Bed.PutAsync(
            TrafficObjects.Revision("measured-1", concurrency: 5), TrafficObjects.Pod("measured-1", "measured-1-a", pod.Port),
            TrafficObjects.Ingress("measured", Host, ("measured-1", 100)));
        using var response = await SendAsync(Request(new("BREW")));
        await Eventually(() => Ours().Any(static m => m.Name == "http.server.response.body.size"));
        listener.RecordObservableInstruments();

        var byName = Ours().ToLookup(static m => m.Name, static m => m.Tags);
        byName["kn.serving.invocation.duration"].First()["http.response.status_code"].ShouldBe(200);
        byName["http.server.request.duration"].First()["http.request.method"].ShouldBe("_OTHER");
        byName["http.server.request.duration"].First()["kn.route.tag"].ShouldBe("kn:disabled");
        byName["kn.revision.request.active"].ShouldNotBeEmpty();
        byName["kn.revision.request.queued"].ShouldNotBeEmpty();
        byName["kn.revision.request.concurrency"].ShouldNotBeEmpty();
        byName["kn.serving.queue.depth"].ShouldNotBeEmpty();

        IEnumerable<(string Name, Dictionary<string, object?> Tags)> Ours() =>
            measured.Where(static m => m.Tags.GetValueOrDefault("kn.service.name") is "measured");
        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            measured.Enqueue((instrument.Name, tags.ToArray().ToDictionary(static t => t.Key, static t => t.Value)));
    }

    [Fact]
    public async Task Who_begins_to_listen_in_the_middle_of_a_request_sees_it_come_and_go()
    {
        var (arrived, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var pod = await StartPodAsync(async context =>
        {
            arrived.SetResult();
            await release.Task;
            await context.Response.WriteAsync("x");
        });
        await Bed.PutAsync(
            TrafficObjects.Revision("midway-1", concurrency: 1), TrafficObjects.Pod("midway-1", "midway-1-a", pod.Port),
            TrafficObjects.Ingress("midway", Host, ("midway-1", 100)));
        var first = SendAsync(Request(HttpMethod.Get));
        await arrived.Task;
        using var listener = new MeterListener();
        var seen = new ConcurrentDictionary<string, long>();
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Name.StartsWith("kn.revision.request.", StringComparison.Ordinal)) listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (!tags.ToArray().Contains(new("kn.service.name", "midway"))) return;
            seen[instrument.Name] = instrument.IsObservable ? value : seen.GetValueOrDefault(instrument.Name) + value;
        });
        listener.Start();
        listener.RecordObservableInstruments();
        seen.GetValueOrDefault("kn.revision.request.active").ShouldBe(1);

        release.SetResult();
        using var response = await first;
        await Eventually(() =>
        {
            listener.RecordObservableInstruments();
            return seen["kn.revision.request.active"] != 1;
        });
        seen["kn.revision.request.active"].ShouldBe(0);
        seen["kn.revision.request.queued"].ShouldBe(0);
    }
}
