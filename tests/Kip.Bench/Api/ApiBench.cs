using System.Diagnostics;
using Kip.Host.Platform;
using Kip.Testing.Programs;

namespace Kip.Bench.Api;

/// <summary>The API under load: 10,000 objects of 2 KB created by 64 clients, listed, and followed by 1,000 watchers while 500 a second change.</summary>
internal static class ApiBench
{
    private const int Clients = 64;
    private const int Watchers = 1000;
    private const int WritesPerSecond = 500;

    // The server's own start: what is compiled now is compiled for good.
    private const int WarmSeconds = 10;

    // As in IdleBench: the past is forgotten after 75 s, and its memory given back in the next quiet half minute.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(150);

    public static async Task<int> RunAsync(int objects, int seconds, bool quick)
    {
        var report = new Report("api");
        await using var kip = await KipProgram.StartAsync();
        using var load = new ApiLoad(kip);
        await load.MakeNamespacesAsync();
        // The first requests compile the server, which is no object's memory.
        await load.CreateAsync("warm", objects / 10, Clients);
        await load.DeleteAllAsync();
        if (!quick) await Task.Delay(Settle);
        var before = ResidentMemory.Megabytes(kip.ProcessId);
        report.Note($"{objects} ConfigMaps of {ApiLoad.ObjectBytes} bytes in {ApiLoad.Namespaces} namespaces; {Clients} clients over TLS, every "
            + "answer after its fsync");
        await CreateAsync(report, kip, load, objects);
        if (!quick)
        {
            await Task.Delay(Settle);
            report.Figure("api_kb_per_object", (ResidentMemory.Megabytes(kip.ProcessId) - before) * 1024 / objects, "<= 6");
        }
        await ListAsync(report, kip, load, objects);
        report.Note(
            $"{Watchers} watchers, each of one namespace, so that {WritesPerSecond} writes/s are {WritesPerSecond * Watchers / ApiLoad.Namespaces} events/s; "
            + "one more follows everything and does not read; api_watch: from sending a write to its event at a watcher, the write itself included; "
            + $"api_watch_after_answer: from the write's answer, which comes after its fsync, 0 when the event came first; the first {WarmSeconds} s "
            + "are not counted");
        await WatchAsync(report, kip, load, objects, seconds);
        report.Figure("api_rss_mb", ResidentMemory.Megabytes(kip.ProcessId));
        await AuditCost.MeasureAsync(report, kip, load, objects / 5);
        await report.AppendAsync();
        return 0;
    }

    private static async Task CreateAsync(Report report, KipProgram kip, ApiLoad load, int objects)
    {
        var cpu = ProcessorTime(kip);
        var watch = Stopwatch.StartNew();
        var latencies = await load.CreateAsync("map", objects, Clients);
        var elapsed = watch.Elapsed.TotalSeconds;
        report.Figure("api_create_per_s", objects / elapsed, ">= 2000");
        report.Figure("api_create_p50_ms", Percentiles.Of(latencies, 50));
        report.Figure("api_create_p99_ms", Percentiles.Of(latencies, 99));
        report.Figure("api_create_cpu_us", (ProcessorTime(kip) - cpu).TotalMicroseconds / objects);
    }

    private static async Task ListAsync(Report report, KipProgram kip, ApiLoad load, int objects)
    {
        const int times = 7;
        report.Figure($"api_list_{objects}_first_ms", await MedianAsync(1, () => load.ListAsync(gzip: false)));
        var cpu = ProcessorTime(kip);
        report.Figure($"api_list_{objects}_ms", await MedianAsync(times, () => load.ListAsync(gzip: false)), "<= 100");
        report.Figure("api_list_cpu_ms", (ProcessorTime(kip) - cpu).TotalMilliseconds / times);
        report.Figure($"api_list_{objects}_gzip_ms", await MedianAsync(times, () => load.ListAsync(gzip: true)));
        report.Figure($"api_list_{objects}_in_parts_ms", await MedianAsync(times, load.ListInPartsAsync));
        report.Note($"lists: the median of {times}, each read to its end; the first before them finds no texts to copy; in parts: of 500, one after the other");
    }

    private static async Task WatchAsync(Report report, KipProgram kip, ApiLoad load, int objects, int seconds)
    {
        await using var crowd = await WatcherCrowd.StartAsync(kip, load, Watchers);
        using var slow = await SlowWatcher.StartAsync(kip);
        const int perWrite = Watchers / ApiLoad.Namespaces;
        var warm = await load.ChangeAsync(WritesPerSecond, WarmSeconds, objects);
        await crowd.EventsAsync(warm.Count * perWrite);
        var (cpu, paused) = (ProcessorTime(kip), GC.GetTotalPauseDuration());
        var writes = await load.ChangeAsync(WritesPerSecond, seconds, objects);
        var used = ProcessorTime(kip) - cpu;
        paused = GC.GetTotalPauseDuration() - paused;
        report.Note($"the clients' own garbage collections, which delay what they measure, took {paused.TotalMilliseconds:0} ms of the {seconds} s of watches");
        var events = await crowd.EventsAsync(writes.Count * perWrite);
        var answered = writes.GroupBy(static write => write.Sent)
            .ToDictionary(static same => same.Key, static same => same.Max(static write => write.Answered));
        report.Figure("api_write_p50_ms", Percentiles.Of(writes.Select(static write => write.Milliseconds), 50));
        report.Figure("api_write_p99_ms", Percentiles.Of(writes.Select(static write => write.Milliseconds), 99));
        report.Figure("api_watch_events", events.Count);
        Latencies(report, "api_watch", [.. events.Select(static e => Stopwatch.GetElapsedTime(e.Sent, e.Came).TotalMilliseconds)]);
        Latencies(report, "api_watch_after_answer",
            [.. events.Select(e => Math.Max(0, Stopwatch.GetElapsedTime(answered[e.Sent], e.Came).TotalMilliseconds))]);
        report.Figure("api_watch_cpu_percent", used.TotalSeconds / seconds * 100);
        report.Note($"the watcher that did not read: {await slow.EndAsync()}");
    }

    private static void Latencies(Report report, string name, double[] milliseconds)
    {
        report.Figure($"{name}_p50_ms", Percentiles.Of(milliseconds, 50));
        report.Figure($"{name}_p99_ms", Percentiles.Of(milliseconds, 99), "<= 5");
        report.Figure($"{name}_worst_ms", milliseconds.Max());
    }

    private static async Task<double> MedianAsync(int times, Func<Task> run)
    {
        var took = new List<double>();
        for (var i = 0; i < times; i++)
        {
            var watch = Stopwatch.StartNew();
            await run();
            took.Add(watch.Elapsed.TotalMilliseconds);
        }
        return Percentiles.Of(took, 50);
    }

    /// <summary>What the platform has used of the processors up to now.</summary>
    internal static TimeSpan ProcessorTime(KipProgram kip)
    {
        using var process = Process.GetProcessById(kip.ProcessId);
        return process.TotalProcessorTime;
    }
}
