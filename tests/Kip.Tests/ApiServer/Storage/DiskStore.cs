using Kip.ApiServer.Storage;
using Kip.Client;
using Kip.Log;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Log;
using Kip.Testing.Registry;
using Kip.Testing.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kip.Tests.ApiServer.Storage;

/// <summary>A registry over a disk that fails on demand. Disk work is done at once, or when the test says so.</summary>
internal sealed class DiskStore
{
    public DiskStore(FaultyFiles files, ManualFlush? flush = null)
    {
        Registry = new TestRegistry(time => Store = OpenStore(files, time, flush));
    }

    public TestRegistry Registry { get; }

    public Store Store { get; private set; } = null!;

    /// <summary>The store alone, as it is found: nothing is added to it.</summary>
    public static Store OpenStore(FaultyFiles files, TimeProvider? time = null, ManualFlush? flush = null)
    {
        var log = new LogOptions
        {
            SegmentBytes = 4096, Time = time ?? new ManualTimeProvider(), RunFlush = flush is null ? static work => work() : flush.Post,
        };
        return Store.Open(files, new StoreOptions { SnapshotAfter = 10, Log = log }, time ?? log.Time, Kinds.Find, NullLogger.Instance);
    }

    /// <summary>Every object that is stored, by what identifies and versions it.</summary>
    public static Dictionary<string, Resource> Content(Store store) => Kinds.All
        .SelectMany(kind => store.Read(kind).Table.In(null))
        .ToDictionary(static r => ObjectId.Of(r).ToString());

    /// <summary>Does one of several small things to one of a few objects.</summary>
    public void Step(Random random)
    {
        var name = $"m{random.Next(6)}";
        var present = Registry.Get<ConfigMap>("default", name);
        var said = new ConfigMap
        {
            Metadata = new() { Name = name, Namespace = "default" },
            Data = StringMap.Of(("n", random.Next(1000).ToString()), ("filler", new string('x', random.Next(300)))),
        };
        if (present is null) Registry.Create(said);
        else if (random.Next(4) == 0) Registry.Delete<ConfigMap>("default", name);
        else Registry.Update(said);
    }

    public void Upkeep()
    {
        var done = Store.UpkeepAsync(CancellationToken.None);
        if (!done.IsCompleted) throw new InvalidOperationException("upkeep waits although the disk does its work at once");
        done.GetAwaiter().GetResult();
    }

    /// <summary>Whether a write was acknowledged: false when the disk refused it.</summary>
    public bool TryStep(Random random)
    {
        try
        {
            Step(random);
            return true;
        }
        catch (ApiException e) when (e.Code is 503 or 507)
        {
            return false;
        }
    }
}
