using Kip.ApiServer.Storage;
using Kip.Resources;
using Kip.Testing.Log;
using Kip.Testing.Simulation;
using Shouldly;

namespace Kip.Tests.ApiServer.Storage;

public class PowerCutTests
{
    private const int Steps = 25;

    [Fact]
    public void Whenever_the_power_is_cut_a_prefix_of_history_with_all_that_was_acknowledged_is_there()
    {
        foreach (var seed in Seeds.Take(1, fresh: 1))
        {
            var begin = BeforeFirstStep(seed);
            var operations = Run(new FaultyFiles(seed), seed, begin, dieAt: int.MaxValue).Operations;
            for (var dieAt = 1; dieAt <= operations; dieAt++)
            {
                var files = new FaultyFiles(seed);
                var run = Run(files, seed, begin, dieAt);

                var found = DiskStore.Content(DiskStore.OpenStore(files.AfterPowerCut()));

                run.States.Skip(run.Acknowledged).ShouldContain(state => Same(state, found), $"seed {seed}, power cut at disk operation {dieAt}");
            }
        }
    }

    // The states that there were one after the other, and the first of them that holds everything acknowledged.
    private static (List<Dictionary<string, Resource>> States, int Acknowledged, int Operations) Run(
        FaultyFiles files, int seed, List<Dictionary<string, Resource>> begin, int dieAt)
    {
        files.Fault = operation => operation.Number >= dieAt ? new IOException("no power") : null;
        var (states, acknowledged, random) = (begin.ToList(), 0, new Random(seed));
        if (TryOpen(files) is not { } store) return (states, acknowledged, files.Operations);
        for (var i = 0; i < Steps; i++)
        {
            var done = store.TryStep(random);
            states.Add(DiskStore.Content(store.Store));
            if (!done) break;
            acknowledged = states.Count - 1;
            if (i % 4 == 3) store.Upkeep();
        }
        return (states, acknowledged, files.Operations);
    }

    // Opening makes the namespaces, one after the other; a cut may leave some of them.
    private static List<Dictionary<string, Resource>> BeforeFirstStep(int seed)
    {
        var whole = DiskStore.Content(new DiskStore(new FaultyFiles(seed)).Store);
        return [.. Enumerable.Range(0, whole.Count + 1).Select(
            n => whole.OrderBy(static r => long.Parse(r.Value.Metadata.ResourceVersion!)).Take(n).ToDictionary())];
    }

    private static DiskStore? TryOpen(FaultyFiles files)
    {
        try
        {
            return new DiskStore(files);
        }
        catch (StoreException)
        {
            return null;
        }
        catch (Kip.Client.ApiException)
        {
            return null;
        }
    }

    private static bool Same(Dictionary<string, Resource> a, Dictionary<string, Resource> b) =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out var other) && other == pair.Value);
}
