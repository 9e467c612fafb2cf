using System.Diagnostics.Metrics;
using Kip.Host.Observability;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Shouldly;

namespace Kip.Tests.Observability;

/// <summary>Metrics as Prometheus reads them.</summary>
public sealed class PrometheusTextTests
{
    [Fact]
    public void Counters_gauges_and_histograms_have_the_names_and_lines_that_Prometheus_expects()
    {
        using var meter = new Meter($"test-{Guid.NewGuid():N}");
        var text = new PrometheusText();
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter(meter.Name).AddReader(text.Reader).Build();
        var counter = meter.CreateCounter<long>("kip.gateway.request.shed", "{request}", "Refused");
        var histogram = meter.CreateHistogram("kn.serving.invocation.duration", "s", "How long", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 1] });
        var active = meter.CreateUpDownCounter<long>("kn.revision.request.active", "{request}");
        meter.CreateObservableGauge("kn.revision.rps.stable", static () => 1.5, "{request}/s");

        counter.Add(2, new KeyValuePair<string, object?>("kn.service.name", "a\"b\\c\nd"));
        counter.Add(1, new KeyValuePair<string, object?>("kn.service.name", "a\"b\\c\nd"));
        histogram.Record(0.001, new KeyValuePair<string, object?>("http.response.status_code", 200));
        histogram.Record(7, new KeyValuePair<string, object?>("http.response.status_code", 200));
        active.Add(3);
        active.Add(-1);

        var lines = text.Scrape().Split('\n');
        lines.ShouldContain("# TYPE kip_gateway_request_shed_total counter");
        lines.ShouldContain("# HELP kip_gateway_request_shed_total Refused");
        lines.ShouldContain("kip_gateway_request_shed_total{kn_service_name=\"a\\\"b\\\\c\\nd\"} 3");
        lines.ShouldContain("# TYPE kn_serving_invocation_duration_seconds histogram");
        lines.ShouldContain("kn_serving_invocation_duration_seconds_bucket{http_response_status_code=\"200\",le=\"0.005\"} 1");
        lines.ShouldContain("kn_serving_invocation_duration_seconds_bucket{http_response_status_code=\"200\",le=\"1\"} 1");
        lines.ShouldContain("kn_serving_invocation_duration_seconds_bucket{http_response_status_code=\"200\",le=\"+Inf\"} 2");
        lines.ShouldContain("kn_serving_invocation_duration_seconds_sum{http_response_status_code=\"200\"} 7.001");
        lines.ShouldContain("kn_serving_invocation_duration_seconds_count{http_response_status_code=\"200\"} 2");
        lines.ShouldContain("# TYPE kn_revision_request_active gauge");
        lines.ShouldContain("kn_revision_request_active 2");
        lines.ShouldContain("kn_revision_rps_stable_per_second 1.5");
        text.Scrape().ShouldContain("kip_gateway_request_shed_total", Case.Sensitive, "a second scrape tells all again");
    }
}
