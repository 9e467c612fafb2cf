using System.Diagnostics;
using Kip.Testing.Eventing;
using Kip.Testing.Simulation;
using Kip.Testing.Traffic;
using Shouldly;

namespace Kip.Tests.Brokers;

public sealed class KilledBrokerTests
{
    [Fact]
    public async Task Kills_in_the_middle_of_a_run_lose_nothing_that_was_acknowledged_and_invert_no_order()
    {
        var folder = Directory.CreateTempSubdirectory("kip-killed-").FullName;
        var seed = Seeds.Take(0, fresh: 1).First();
        await using var run = new KillRun(9_600, seed);
        await using var broker = new ChildBroker(folder);
        try
        {
            var report = await run.RunAsync(broker, kills: 4);
            report.Lost.ShouldBe(0, $"{report}, {Seeds.Variable}={seed}");
            report.Inverted.ShouldBe(0, $"{report}, {Seeds.Variable}={seed}");
            report.Acknowledged.ShouldBe(9_600);
            report.DeadLetters.ShouldBeGreaterThan(0);
        }
        finally
        {
            await broker.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    // This program run again, as the broker that is killed.
    private sealed class ChildBroker(string folder) : IKillableBroker, IAsyncDisposable
    {
        private Process? _process;

        public async Task<Uri> StartAsync(IReadOnlyList<KillTrigger> triggers)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
            if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet") start.ArgumentList.Add(typeof(KilledBrokerTests).Assembly.Location);
            start.Environment[KilledBroker.Variable] = KilledBroker.Write(folder, triggers);
            _process = Process.Start(start)!;
            var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1));
            return new Uri(line ?? throw new InvalidOperationException("the broker did not start"));
        }

        public async Task KillAsync()
        {
            _process!.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
            _process = null;
        }

        public async ValueTask DisposeAsync()
        {
            if (_process is not null) await KillAsync();
        }
    }
}

/// <summary>The broker that is killed: this program run again, with what it shall serve named in the environment.</summary>
internal static class KilledBroker
{
    public const string Variable = "KIP_TESTS_KILLED_BROKER";

    /// <summary>What <see cref="RunAsync"/> reads.</summary>
    public static string Write(string folder, IReadOnlyList<KillTrigger> triggers) =>
        string.Join('\n', [folder, .. triggers.Select(static t => $"{t.Name} {t.Subscriber} {t.DeadLetterSink ?? "-"} {t.IsOrdered}")]);

    public static async Task RunAsync(string text)
    {
        var lines = text.Split('\n');
        var resources = new MemoryResources();
        resources.Put(EventingObjects.Broker());
        foreach (var line in lines.Skip(1)) resources.Put(TriggerOf(line.Split(' ')));
        var bed = await BrokerBed.StartAsync(resources, lines[0]);
        Console.WriteLine($"http://{bed.Broker.EndPoint}/{EventingObjects.Space}/main");
        await Task.Delay(Timeout.Infinite);
    }

    private static Kip.Resources.Eventing.Trigger TriggerOf(string[] parts)
    {
        var sink = parts[2] == "-" ? null : parts[2];
        return EventingObjects.Trigger(
            parts[0], parts[1], delivery: EventingObjects.Delivery(sink is null ? 1_000_000 : 5, policy: "linear", delay: "PT0.001S"), deadLetterSink: sink,
            annotations: ("kip.dev/delivery-order", bool.Parse(parts[3]) ? "ordered" : "unordered"));
    }
}
