using Kip.Bench.Apply;
using Kip.Bench.Broker;
using Kip.Bench.Coldstart;
using Kip.Bench.Gateway;
using Kip.Bench.Idle;

const string Usage = """
    Usage: ./bench NAME [options]
      gateway     warm requests/s and p99 against nginx proxying to the same application, at 1, 16, 64 and 256 connections
      coldstart   time Kip adds to the first request of a sleeping service  [--count N]
      idle        resident memory of an empty platform and of each sleeping service
      apply       1,000 services applied and Ready at zero replicas  [--count N]
      broker      events/s accepted durably, events/s end to end, latencies at fixed rates  [--quick]
      broker --kill   a million events through a kip that is killed again and again  [--count N]
    """;

switch (args)
{
    case ["gateway", ..]: return await GatewayBench.RunAsync();
    case ["coldstart", ..]: return await ColdstartBench.RunAsync(Count(args, 40));
    case ["idle", ..]: return await IdleBench.RunAsync();
    case ["apply", ..]: return await ApplyBench.RunAsync(Count(args, 1000));
    case ["--help" or "-h"]:
        Console.WriteLine(Usage);
        return 0;
    case ["broker", "--kill", ..]: return await KillBench.RunAsync(Count(args, 1_000_000), kills: 20);
    case ["broker", ..]: return await BrokerBench.RunAsync(quick: args.Contains("--quick"));
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}

static int Count(string[] args, int otherwise) =>
    Array.IndexOf(args, "--count") is var at and >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1]) : otherwise;
