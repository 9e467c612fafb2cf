using System.Globalization;
using Kip.Client.Pods;
using Kip.Runtime.Recovery;

namespace Kip.Runtime.Usage;

/// <summary>Adds up what the processes of pods use, as <c>/proc</c> shows it: those that were started for the pod, and all that came of them.</summary>
internal sealed class PodUsageReader(string dataDirectory) : IPodUsage, IMachineUsage
{
    // What getconf CLK_TCK says on every Linux that .NET runs on.
    private const long ClockTicksPerSecond = 100;

    private readonly string _pods = Path.Combine(Path.GetFullPath(dataDirectory), "pods");

    public IReadOnlyDictionary<string, PodUsage> Measure(IReadOnlyCollection<string> podUids) => MeasureContainers(podUids)
        .GroupBy(static c => c.Key.PodUid)
        .ToDictionary(
            static pod => pod.Key,
            static pod => pod.Aggregate(default(PodUsage), static (sum, c) => new(sum.CpuTime + c.Value.CpuTime, sum.MemoryBytes + c.Value.MemoryBytes)));

    public IReadOnlyDictionary<(string PodUid, string Container), PodUsage> MeasureContainers(IReadOnlyCollection<string> podUids)
    {
        var found = new Dictionary<(string, string), PodUsage>();
        var roots = new Dictionary<int, (string, string)>();
        foreach (var uid in podUids)
            foreach (var (container, pid) in ProcessMarks.NotedFor(Path.Combine(_pods, uid))) roots[pid] = (uid, container);
        if (roots.Count == 0) return found;
        var table = ProcessTable.Pids().Select(Read).OfType<Line>().ToDictionary(static l => l.Pid);
        foreach (var line in table.Values)
        {
            if (OwnerOf(line, table, roots) is not { } owner) continue;
            var before = found.GetValueOrDefault(owner);
            found[owner] = new PodUsage(before.CpuTime + line.CpuTime, before.MemoryBytes + line.MemoryBytes);
        }
        return found;
    }

    public PodUsage MeasureMachine()
    {
        // cpu user nice system idle iowait irq softirq steal …
        var times = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(Number).ToArray();
        var busy = times.Sum() - times[3] - times[4];
        return new PodUsage(TimeSpan.FromSeconds(busy / (double)ClockTicksPerSecond), MachineMemory.Total - MachineMemory.Available);
    }

    // By session, which a program keeps although its parent ends; else by parents, which a program that made its own session has.
    private static (string PodUid, string Container)? OwnerOf(Line line, Dictionary<int, Line> table, Dictionary<int, (string, string)> roots)
    {
        if (roots.TryGetValue(line.Session, out var owner)) return owner;
        for (var (at, depth) = (line, 0); depth < 64; depth++)
        {
            if (roots.TryGetValue(at.Pid, out owner)) return owner;
            if (!table.TryGetValue(at.Parent, out at)) return null;
        }
        return null;
    }

    private static Line? Read(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // pid (name, which may hold anything) state ppid pgrp session …
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            // User and system time, its own and that of children that have ended; then resident pages.
            var ticks = Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]);
            return new Line(pid, (int)Number(fields[1]), (int)Number(fields[3]), TimeSpan.FromSeconds(ticks / (double)ClockTicksPerSecond),
                Number(fields[21]) * System.Environment.SystemPageSize);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or IndexOutOfRangeException or FormatException)
        {
            return null;
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private sealed record Line(int Pid, int Parent, int Session, TimeSpan CpuTime, long MemoryBytes);
}
