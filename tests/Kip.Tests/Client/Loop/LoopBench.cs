using Kip.Client.Informers;
using Kip.Client.Loop;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Resources.Serving;
using Kip.Testing.Logging;
using Kip.Testing.Memory;
using Kip.Testing.Simulation;
using Kip.Testing.Time;

namespace Kip.Tests.Client.Loop;

/// <summary>A controller host with the <see cref="ChildReconciler"/> on one thread, over an API that can be made to misbehave.</summary>
internal sealed class LoopBench
{
    public LoopBench(int seed = 1)
    {
        Scheduler = new SeededScheduler(seed);
        Informers = new InformerSet(Api, Time, random: Scheduler.Random.NextDouble);
        Host = new ControllerHost(
            Api, Informers, [Reconciler], Time, Logs, new ReconcileLoopOptions { Random = Scheduler.Random.NextDouble, Workers = 3 });
    }

    public SeededScheduler Scheduler { get; }

    public ManualTimeProvider Time { get; } = new();

    public FaultyResources Api { get; } = new();

    public RecordedLogs Logs { get; } = new();

    public ChildReconciler Reconciler { get; } = new();

    public InformerSet Informers { get; }

    public ControllerHost Host { get; }

    public IReadOnlyList<ConfigMap> Children => [.. All<ConfigMap>()];

    public void Start() => Do(() => _ = Host.StartAsync(default));

    public void Do(Action action) => Scheduler.RunUntilIdle(action);

    public void Advance(TimeSpan by) => Scheduler.RunUntilIdle(() => Time.Advance(by));

    public void Write(string name, string text) => Do(() =>
    {
        if (Stored(name) is { } stored)
            _ = Api.UpdateAsync(stored with { Metadata = stored.Metadata with { Annotations = StringMap.Of(("text", text)) } }, default);
        else
            _ = Api.CreateAsync(New(name, text), default);
    });

    public Configuration? Stored(string name) =>
        (Configuration?)Api.GetAsync(Configuration.Definition, new("default", name), default).Result;

    public IEnumerable<T> All<T>() where T : Resource, IResource =>
        Api.ListAsync(T.Definition, Kip.Client.ListOptions.All, default).Result.Items.Cast<T>();

    public int Count(string call) => Api.Calls.Count(c => c.StartsWith(call, StringComparison.Ordinal));

    private static Configuration New(string name, string text) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default", Annotations = StringMap.Of(("text", text)) },
    };
}
