using Kip.Bench;
using Kip.Bench.Api;
using Kip.Bench.Apply;
using Kip.Bench.Broker;
using Kip.Bench.Chaos;
using Kip.Bench.Coldstart;
using Kip.Bench.Gateway;
using Kip.Bench.Idle;
using Kip.Bench.Overload;
using Kip.Bench.Profile;
using Kip.Bench.Routes;
using Kip.Bench.Start;

const string Usage = """
    Usage: ./bench NAME [options]
      gateway     warm requests/s and p99 against nginx proxying to the same application, at 1, 16, 64 and 256 connections
      coldstart   time Kip adds to the first request of a sleeping service  [--count N] [--container: of an image, against crun run]
      start       kip up until its API answers, over an empty folder and over 1,000 services  [--count N]
      idle        resident memory of an empty platform and of each sleeping service
      overload    goodput at five times what a service can do, and how soon it recovers  [--seconds N]
      chaos       failed requests through rollouts, scalings, changes of configuration and dying pods  [--minutes N] [--seed N]
      routes      how soon each of 5,000 routes that are edited under load is in effect  [--count N]
      api         10,000 objects created, listed and followed by 1,000 watchers  [--count N] [--seconds N] [--quick: no waiting for memory]
      apply       1,000 services applied and Ready at zero replicas  [--count N]
      broker      events/s accepted durably, events/s end to end, latencies at fixed rates  [--quick]
      profile     records which methods a platform enters, for the layout of its code: writes eng/kip.mibc (docs/hacking.md)
      broker --kill   a million events through a kip that is killed again and again  [--count N]
    """;

using var termination = Termination.Watch();
try
{
    switch (args)
    {
        case ["gateway", ..]: return await GatewayBench.RunAsync();
        case ["coldstart", ..] when args.Contains("--container"): return await ContainerColdstart.RunAsync(Count(args, 40));
        case ["coldstart", ..]: return await ColdstartBench.RunAsync(Count(args, 40));
        case ["start", ..]: return await StartBench.RunAsync(Count(args, 1000));
        case ["idle", ..]: return await IdleBench.RunAsync();
        case ["overload", ..]: return await OverloadBench.RunAsync(Number(args, "--seconds", 30));
        case ["routes", ..]: return await RoutesBench.RunAsync(Number(args, "--count", 5000));
        case ["chaos", ..]: return await ChaosBench.RunAsync(Number(args, "--minutes", 10), Number(args, "--seed", Environment.TickCount));
        case ["api", ..]: return await ApiBench.RunAsync(Count(args, 10_000), Number(args, "--seconds", 20), quick: args.Contains("--quick"));
        case ["apply", ..]: return await ApplyBench.RunAsync(Count(args, 1000));
        case ["profile", ..]: return await ProfileRun.RunAsync();
        case ["--help" or "-h"]:
            Console.WriteLine(Usage);
            return 0;
        case ["broker", "--kill", ..]: return await KillBench.RunAsync(Count(args, 1_000_000), kills: 20);
        case ["broker", ..]: return await BrokerBench.RunAsync(quick: args.Contains("--quick"));
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}
catch (Exception failure)
{
    // Caught, so that on the way here the platform that was measured is ended, whatever went wrong: one that nobody catches ends the process at once.
    Console.Error.WriteLine(failure);
    return 1;
}

static int Count(string[] args, int otherwise) => Number(args, "--count", otherwise);

static int Number(string[] args, string option, int otherwise) =>
    Array.IndexOf(args, option) is var at and >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1]) : otherwise;
