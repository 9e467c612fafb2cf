using Kip.Testing.Programs;

namespace Kip.Bench.Broker;

/// <summary>The event broker of a real kip: what it accepts durably, what it delivers end to end, and how long that takes.</summary>
internal static class BrokerBench
{
    private const int Seconds = 8;
    private const int WarmUpSeconds = 8;

    public static async Task<int> RunAsync(bool quick)
    {
        var report = new Report("broker");
        await using var kip = await KipProgram.StartAsync();
        using var bed = new BenchBroker(kip);
        await using var nginx = await Nginx.AcceptingAsync();
        await RatesAsync(report, bed, nginx, quick ? 2 : Seconds, quick ? 2 : WarmUpSeconds);
        await LatenciesAsync(report, bed, quick ? 2 : Seconds);
        report.Note(
            $"rates: wrk, 64 connections, {Seconds} s, events in binary mode sent to the broker's own listener; subscriber: nginx answering 202; "
            + "end to end is accepted events over the time until the last one was delivered. Latencies: open loop at the rate named, from before "
            + "the request is sent until the subscriber has read it. Generator, broker and subscribers share the cores");
        await report.AppendAsync();
        return 0;
    }

    private static async Task RatesAsync(Report report, BenchBroker bed, Nginx nginx, int seconds, int warmUp)
    {
        await bed.BrokerAsync("accept");
        await bed.BrokerAsync("one");
        await bed.TriggersAsync("one", 1, nginx.Address.ToString());
        await bed.BrokerAsync("ten");
        await bed.TriggersAsync("ten", 10, nginx.Address.ToString());
        await EventWrk.RunAsync(bed.UrlOf("one"), 1024, 64, warmUp);
        await bed.DrainedAsync("one");
        report.Figure("broker_accept_events_per_s", (await EventWrk.RunAsync(bed.UrlOf("accept"), 1024, 64, seconds)).RequestsPerSecond);
        report.Figure("broker_accept_64k_events_per_s", (await EventWrk.RunAsync(bed.UrlOf("accept"), 64 << 10, 16, seconds)).RequestsPerSecond);
        await EndToEndAsync(report, "broker_e2e_events_per_s", bed, "one", 1024, 64, seconds);
        await EndToEndAsync(report, "broker_e2e_64k_events_per_s", bed, "one", 64 << 10, 16, seconds);
        await EndToEndAsync(report, "broker_e2e_10_triggers_events_per_s", bed, "ten", 1024, 64, seconds);
    }

    private static async Task EndToEndAsync(Report report, string figure, BenchBroker bed, string broker, int bytes, int connections, int seconds)
    {
        var before = await bed.DeliveredAsync(broker);
        var began = TimeProvider.System.GetTimestamp();
        var sent = await EventWrk.RunAsync(bed.UrlOf(broker), bytes, connections, seconds);
        await bed.DrainedAsync(broker);
        var took = TimeProvider.System.GetElapsedTime(began);
        report.Figure(figure, (await bed.DeliveredAsync(broker) - before) / took.TotalSeconds);
        if (sent.Errors > 0) report.Figure(figure.Replace("events_per_s", "refused", StringComparison.Ordinal), sent.Errors);
    }

    private static async Task LatenciesAsync(Report report, BenchBroker bed, int seconds)
    {
        await using var subscriber = await TimingSubscriber.StartAsync();
        await bed.BrokerAsync("timed");
        await bed.TriggersAsync("timed", 1, subscriber.Url);
        await PacedSender.RunAsync(bed.UrlOf("timed"), 1000, 1024, 2);
        foreach (var rate in new[] { 100, 1000, 10_000 }) await LatencyAsync(report, $"broker_{{0}}_ms_at_{rate}", bed, subscriber, rate, 1024, seconds);
        await LatencyAsync(report, "broker_64k_{0}_ms_at_100", bed, subscriber, 100, 64 << 10, seconds);
        await using var slow = await TimingSubscriber.StartAsync(TimeSpan.FromMilliseconds(100));
        await bed.TriggersAsync("timed", 1, slow.Url, "slow");
        await bed.TriggersAsync("timed", 1, "http://127.0.0.1:1/", "dead");
        await LatencyAsync(report, "broker_{0}_ms_at_1000_beside_slow_and_dead", bed, subscriber, 1000, 1024, seconds);
    }

    private static async Task LatencyAsync(Report report, string figure, BenchBroker bed, TimingSubscriber subscriber, int rate, int bytes, int seconds)
    {
        subscriber.Clear();
        var sent = await PacedSender.RunAsync(bed.UrlOf("timed"), rate, bytes, seconds);
        var latencies = await subscriber.TakeAsync(sent);
        report.Figure(string.Format(figure, "p50"), Percentiles.Of(latencies, 50));
        report.Figure(string.Format(figure, "p99"), Percentiles.Of(latencies, 99));
    }
}
