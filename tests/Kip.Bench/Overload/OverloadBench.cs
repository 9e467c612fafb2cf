using Kip.Client;
using Kip.Resources;
using Kip.Testing.Load;
using Kip.Testing.Programs;

namespace Kip.Bench.Overload;

/// <summary>
/// A service that cannot scale further, called at five times what it can do by clients who do not wait: how much of its best it still does, and how
/// soon it is well again.
/// </summary>
internal static class OverloadBench
{
    private const string Service = "overload";
    private const int Slots = 10;
    private const int ServiceMilliseconds = 50;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Peak = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(int seconds)
    {
        var report = new Report("overload");
        await using var kip = await KipProgram.StartAsync();
        await DeployAsync(kip);
        using var client = LoopbackClient.To(kip.Gateway);
        var url = new Uri($"http://{Service}.default.localhost/?sleep={ServiceMilliseconds}");
        await OpenLoad.RunAsync(client, url, Slots, TimeSpan.FromSeconds(3), Patience);

        // What it can do: as many as its slots allow, none waiting long.
        var capacity = 1000.0 / ServiceMilliseconds * Slots;
        var peak = Good(await OpenLoad.RunAsync(client, url, capacity * 0.95, Peak, Patience)) / Peak.TotalSeconds;
        var crowd = await OpenLoad.RunAsync(client, url, capacity * 5, TimeSpan.FromSeconds(seconds), Patience);
        var after = await OpenLoad.RunAsync(client, url, capacity * 0.5, After, Patience);

        report.Figure("overload_peak_goodput_rps", peak);
        report.Figure("overload_goodput_rps", Good(crowd) / (double)seconds);
        report.Figure("overload_goodput_ratio", Good(crowd) / (double)seconds / peak);
        report.Figure("overload_refused_share", crowd.Count(static a => a.Status == 503) / (double)crowd.Count);
        report.Figure("overload_gave_up_share", crowd.Count(static a => a.Status == 0) / (double)crowd.Count);
        report.Figure(
            "overload_wrong_answers",
            crowd.Concat(after).Count(static a => a.Status is not (0 or 200) && a is not { Status: 503, RetryAfter: true }));
        report.Figure("overload_recovery_s", Recovery(after));
        report.Note(
            $"one pod, containerConcurrency {Slots}, {ServiceMilliseconds} ms each; clients at a constant rate who give up after {Patience.TotalSeconds} s; "
            + $"peak: 0.95 of capacity for {Peak.TotalSeconds} s; overload: 5 × capacity for {seconds} s, its beginning included; then half of capacity. "
            + "Goodput: answered 200 within the patience. Recovery: until the last request that was not");
        await report.AppendAsync();
        return 0;
    }

    private static int Good(IReadOnlyList<Answered> answers) => answers.Count(static a => a.Status == 200);

    private static double Recovery(IReadOnlyList<Answered> after) =>
        after.Where(static a => a.Status != 200).Select(static a => a.At + a.Seconds).DefaultIfEmpty(0).Max();

    private static async Task DeployAsync(KipProgram kip)
    {
        using var resources = kip.Connect();
        var service = SleepingServices.Make(Service, "kip.local/helloworld");
        var template = service.Spec.Template with
        {
            Metadata = new() { Annotations = StringMap.Of(("autoscaling.knative.dev/min-scale", "1"), ("autoscaling.knative.dev/max-scale", "1")) },
            Spec = service.Spec.Template.Spec with { ContainerConcurrency = Slots },
        };
        await resources.CreateAsync(service with { Spec = service.Spec with { Template = template } }, CancellationToken.None);
        await kip.ReadyPodsAsync(Service, static ready => ready == 1);
    }
}
