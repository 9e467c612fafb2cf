using System.Diagnostics;
using Kip.Client;
using Kip.Client.Http;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Testing.Load;
using Kip.Testing.Programs;
using Service = Kip.Resources.Serving.Service;

namespace Kip.Testing.Chaos;

/// <summary>
/// A service under constant load while everything that may happen to it happens at random: rollouts, scalings, changes of configuration, killed and
/// deleted pods.
/// </summary>
public sealed class ChaosRun
{
    private const string Name = "chaos";
    private const double PerSecond = 200;

    private static readonly NamespacedName Key = new("default", Name);
    private static readonly ListOptions Mine = new() { Namespace = "default", LabelSelector = $"serving.knative.dev/service={Name}" };
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly KipProgram _kip;
    private readonly HttpResources _resources;
    private readonly Random _random;
    private readonly Action<string> _tell;
    private readonly bool _killsAll;
    private ConstantLoad? _load;
    private int _version;

    private ChaosRun(KipProgram kip, HttpResources resources, int seed, bool killsAll, Action<string> tell) =>
        (_kip, _resources, _random, _killsAll, _tell) = (kip, resources, new Random(seed), killsAll, tell);

    /// <summary>Runs for a while.</summary>
    /// <param name="seed">Draws what happens when.</param>
    /// <param name="killsAll">Now and then all processes are killed at once, as when the machine runs out of memory.</param>
    /// <param name="tell">Told of each thing that is done.</param>
    /// <returns>What came of the load, and how many things were done to it.</returns>
    public static async Task<(LoadResult Load, int Actions)> RunAsync(KipProgram kip, TimeSpan duration, int seed, bool killsAll, Action<string> tell)
    {
        using var resources = kip.Connect();
        var run = new ChaosRun(kip, resources, seed, killsAll, tell);
        await resources.CreateAsync(run.NextService(null), CancellationToken.None);
        (await kip.KubectlAsync("wait", $"ksvc/{Name}", "--for=condition=Ready", "--timeout=120s")).Succeeded();
        using var client = LoopbackClient.To(kip.Gateway);
        var load = run._load = ConstantLoad.Start(client, new Uri($"http://{Name}.default.localhost/?sleep=20"), PerSecond);
        var watch = Stopwatch.StartNew();
        var actions = 0;
        while (watch.Elapsed < duration)
        {
            await run.ActAsync();
            actions++;
            await Task.Delay(Pause * (0.5 + run._random.NextDouble()));
        }
        var result = await load.StopAsync();
        await resources.DeleteAsync(Service.Definition, Key, new DeleteOptions(), CancellationToken.None);
        return (result, actions);
    }

    private Task ActAsync() => _random.Next(6) switch
    {
        0 => RollOutAsync(),
        1 => SplitAsync(),
        2 => ScaleAsync(),
        3 => ConfigureAsync(),
        4 => KillAsync(),
        _ => DeletePodAsync(),
    };

    private async Task RollOutAsync()
    {
        await UpdateServiceAsync(service => NextService(service));
        _tell($"rolled out version {_version}");
    }

    private async Task SplitAsync()
    {
        var revisions = await _resources.ListAsync<Revision>(Mine, CancellationToken.None);
        var ready = revisions.Where(static r => r.Status.Conditions.IsTrue("Ready")).Select(static r => r.Metadata.Name).ToArray();
        if (ready.Length == 0) return;
        var percent = _random.Next(1, 100);
        var old = ready[_random.Next(ready.Length)];
        await UpdateServiceAsync(service => service with
        {
            Spec = service.Spec with
            {
                Traffic = [new() { LatestRevision = true, Percent = 100 - percent }, new() { RevisionName = old, LatestRevision = false, Percent = percent }],
            },
        });
        _tell($"{percent} % to {old}");
    }

    private async Task ScaleAsync()
    {
        var revisions = await _resources.ListAsync<Revision>(Mine, CancellationToken.None);
        if (revisions.Count == 0) return;
        var chosen = revisions[_random.Next(revisions.Count)];
        var least = _random.Next(0, 5).ToString();
        var annotations = chosen.Metadata.Annotations.With("autoscaling.knative.dev/min-scale", least);
        await TryAsync(() => _resources.UpdateAsync(chosen with { Metadata = chosen.Metadata with { Annotations = annotations } }, CancellationToken.None));
        _tell($"{chosen.Metadata.Name}: min-scale {least}");
    }

    private async Task ConfigureAsync()
    {
        var (map, key, value) = _random.Next(4) switch
        {
            0 => ("config-autoscaler", "stable-window", $"{_random.Next(6, 60)}s"),
            1 => ("config-autoscaler", "container-concurrency-target-default", $"{_random.Next(5, 100)}"),
            2 => ("config-autoscaler", "scale-to-zero-grace-period", $"{_random.Next(6, 30)}s"),
            _ => ("config-defaults", "revision-timeout-seconds", $"{_random.Next(60, 300)}"),
        };
        var present = await _resources.GetAsync<ConfigMap>(new("knative-serving", map), CancellationToken.None);
        await TryAsync(() => _resources.UpdateAsync(present! with { Data = present.Data.With(key, value) }, CancellationToken.None));
        _tell($"{map}: {key}={value}");
    }

    // Any of them, the only one of its revision among others.
    private async Task KillAsync()
    {
        var processes = ChildProcesses.Of(_kip, $"K_SERVICE={Name}");
        if (processes.Count == 0) return;
        var all = _killsAll && _random.Next(4) == 0;
        Process[] victims = [.. (all ? processes : [processes[_random.Next(processes.Count)]]).Select(Find).OfType<Process>()];
        foreach (var victim in victims) victim.Kill();
        foreach (var victim in victims)
        {
            _tell($"killed {victim.Id}{(all ? ", as all" : "")}");
            victim.Dispose();
        }
        // However slow the machine is, a request must not meet one kill after the other: it is sent again only so often.
        await _load!.AnsweredAsync();

        static Process? Find(int id)
        {
            try
            {
                return Process.GetProcessById(id);
            }
            catch (ArgumentException)
            {
                // It has ended by itself since.
                return null;
            }
        }
    }

    private async Task DeletePodAsync()
    {
        var pods = await _resources.ListAsync<Pod>(Mine, CancellationToken.None);
        if (pods.Count == 0) return;
        var victim = pods[_random.Next(pods.Count)];
        await TryAsync(() => _resources.DeleteAsync(Pod.Definition, victim.Key, new DeleteOptions(), CancellationToken.None));
        _tell($"deleted {victim.Metadata.Name}");
    }

    private Service NextService(Service? before)
    {
        _version++;
        var annotations = StringMap.Of(
            ("autoscaling.knative.dev/min-scale", $"{_random.Next(1, 4)}"), ("autoscaling.knative.dev/initial-scale", "2"),
            ("autoscaling.knative.dev/window", "6s"),
            // However slow the machine is, the pods must not become what makes it so.
            ("autoscaling.knative.dev/max-scale", "6"));
        var template = new RevisionTemplateSpec
        {
            Metadata = new() { Annotations = annotations },
            Spec = new()
            {
                ContainerConcurrency = _random.Next(2) == 0 ? 0 : 50,
                Containers = [new Container { Image = "kip.local/helloworld", Env = [new() { Name = "TARGET", Value = $"version {_version}" }] }],
            },
        };
        return before is null
            ? new() { Metadata = new() { Namespace = Key.Namespace, Name = Name }, Spec = new() { Template = template } }
            : before with { Spec = before.Spec with { Template = template } };
    }

    private async Task UpdateServiceAsync(Func<Service, Service> change)
    {
        var present = await _resources.GetAsync<Service>(Key, CancellationToken.None);
        await TryAsync(() => _resources.UpdateAsync(change(present!), CancellationToken.None));
    }

    // Controllers write, too: what met another's change is simply not done this time.
    private static async Task TryAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (ApiException e) when (e.IsConflict || e.IsNotFound)
        {
            // Something else will be done in a second.
        }
    }
}
