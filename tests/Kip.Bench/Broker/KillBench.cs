using System.Net;
using System.Net.Sockets;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Eventing;
using Kip.Testing.Eventing;
using Kip.Testing.Programs;
using Kip.Testing.Traffic;

namespace Kip.Bench.Broker;

/// <summary>A million events through a real kip that is killed again and again: prints how many were lost.</summary>
internal static class KillBench
{
    public static async Task<int> RunAsync(int events, int kills)
    {
        var seed = Random.Shared.Next();
        await using var run = new KillRun(events, seed);
        await using var broker = new KilledKip();
        Console.Error.WriteLine($"{events} events, {kills} kills, seed {seed}");
        var report = await run.RunAsync(broker, kills, acknowledged => Console.Error.WriteLine($"{acknowledged} acknowledged"));
        var figures = new Report("broker under SIGKILL");
        figures.Figure("broker_kill_acknowledged", report.Acknowledged);
        figures.Figure("broker_kill_kills", report.Kills);
        figures.Figure("broker_kill_lost", report.Lost);
        figures.Figure("broker_kill_inverted", report.Inverted);
        figures.Figure("broker_kill_repeated", report.Repeated);
        figures.Figure("broker_kill_dead_letters", report.DeadLetters);
        figures.Note("three triggers (one ordered) whose subscribers fail, lose answers and refuse; lost: acknowledged, but neither delivered nor in "
            + "the dead letter sink");
        await figures.AppendAsync();
        return report.Lost + report.Inverted == 0 ? 0 : 1;
    }

    private sealed class KilledKip : IKillableBroker, IAsyncDisposable
    {
        private readonly int _port = FreePort.Find();
        private KipProgram? _kip;

        public async Task<Uri> StartAsync(IReadOnlyList<KillTrigger> triggers)
        {
            var isFirst = _kip is null;
            if (isFirst) _kip = await KipProgram.StartAsync(null, "--events", $"127.0.0.1:{_port}");
            else await _kip!.RestartAsync("--events", $"127.0.0.1:{_port}");
            if (isFirst) await CreateAsync(_kip, triggers);
            return new Uri($"http://127.0.0.1:{_port}/default/main");
        }

        public Task KillAsync() => _kip!.KillAsync();

        public async ValueTask DisposeAsync()
        {
            if (_kip is not null) await _kip.DisposeAsync();
        }

        private static async Task CreateAsync(KipProgram kip, IReadOnlyList<KillTrigger> triggers)
        {
            using var bed = new BenchBroker(kip);
            await bed.BrokerAsync("main");
            foreach (var trigger in triggers)
            {
                var delivery = EventingObjects.Delivery(trigger.DeadLetterSink is null ? 1_000_000 : 5, policy: "linear", delay: "PT0.001S");
                if (trigger.DeadLetterSink is { } sink) delivery = delivery with { DeadLetterSink = new() { Uri = sink } };
                await bed.TriggerAsync(new Trigger
                {
                    Metadata = new()
                    {
                        Namespace = "default", Name = trigger.Name,
                        Annotations = StringMap.Of(("kip.dev/delivery-order", trigger.IsOrdered ? "ordered" : "unordered")),
                    },
                    Spec = new() { Broker = "main", Subscriber = new() { Uri = trigger.Subscriber }, Delivery = delivery },
                });
            }
        }
    }
}
