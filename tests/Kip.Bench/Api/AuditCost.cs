using Kip.Testing.Programs;

namespace Kip.Bench.Api;

/// <summary>What the audit log costs a write: the same creates at a platform that notes requests and at one that does not, in turns.</summary>
internal static class AuditCost
{
    private const int Turns = 5;
    private const int Clients = 16;

    public static async Task MeasureAsync(Report report, KipProgram noting, ApiLoad load, int objects)
    {
        await using var silent = await KipProgram.StartAsync(null, "--audit-log", "off");
        using var unnoted = new ApiLoad(silent);
        await unnoted.MakeNamespacesAsync();
        // The other one is long warm.
        for (var i = 0; i < Turns; i++) await unnoted.CreateAsync($"warm-{i}", objects, Clients);
        var (with, without) = (new List<double>(), new List<double>());
        for (var i = 0; i < Turns; i++)
        {
            with.Add(await MicrosecondsAsync(noting, load, $"noted-{i}", objects));
            without.Add(await MicrosecondsAsync(silent, unnoted, $"noted-{i}", objects));
        }
        report.Figure("api_create_cpu_us_with_audit", Percentiles.Of(with, 50));
        report.Figure("api_create_cpu_us_without_audit", Percentiles.Of(without, 50));
        report.Note($"audit: processor time of a create, the median of {Turns} times {objects} by {Clients} clients, at a platform with the audit "
            + "log and at one without");
    }

    private static async Task<double> MicrosecondsAsync(KipProgram kip, ApiLoad load, string prefix, int objects)
    {
        var before = ApiBench.ProcessorTime(kip);
        await load.CreateAsync(prefix, objects, Clients);
        return (ApiBench.ProcessorTime(kip) - before).TotalMicroseconds / objects;
    }
}
