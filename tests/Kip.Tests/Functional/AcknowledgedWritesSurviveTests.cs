using System.Collections.Concurrent;
using Kip.Client;
using Kip.Resources;
using Kip.Resources.Core;
using Kip.Testing.Programs;
using Shouldly;

namespace Kip.Tests.Functional;

public class AcknowledgedWritesSurviveTests
{
    private const int Rounds = 20;
    private const int Writers = 4;
    private const int WritesBeforeTheKill = 40;

    [Fact]
    public async Task Twenty_kills_in_the_middle_of_writes_lose_nothing_that_was_acknowledged()
    {
        await using var kip = await KipProgram.StartAsync();
        var acknowledged = new ConcurrentDictionary<string, string>();
        for (var round = 0; round < Rounds; round++)
        {
            await WriteUntilKilledAsync(kip, round, acknowledged);
            await kip.RestartAsync();
            await AllAreThereAsync(kip, acknowledged);
        }
        acknowledged.Count.ShouldBeGreaterThanOrEqualTo(Rounds * WritesBeforeTheKill);
    }

    private static async Task WriteUntilKilledAsync(KipProgram kip, int round, ConcurrentDictionary<string, string> acknowledged)
    {
        using var resources = kip.Connect();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var written = 0;
        var writers = Enumerable.Range(0, Writers).Select(async writer =>
        {
            for (var i = 0; ; i++)
            {
                var map = new ConfigMap
                {
                    Metadata = new() { Namespace = "default", Name = $"round-{round}-writer-{writer}-{i}" },
                    Data = StringMap.Of(("value", $"{round * i}")),
                };
                try
                {
                    await resources.CreateAsync(map, CancellationToken.None);
                }
                catch (Exception down) when (down is HttpRequestException or ApiException or IOException)
                {
                    return;
                }
                acknowledged[map.Metadata.Name] = map.Data["value"];
                if (Interlocked.Increment(ref written) == WritesBeforeTheKill) enough.SetResult();
            }
        }).ToArray();
        await enough.Task.WaitAsync(TimeSpan.FromMinutes(2));
        await kip.KillAsync();
        await Task.WhenAll(writers);
    }

    private static async Task AllAreThereAsync(KipProgram kip, ConcurrentDictionary<string, string> acknowledged)
    {
        using var resources = kip.Connect();
        var maps = await resources.ListAsync<ConfigMap>(new ListOptions { Namespace = "default" }, CancellationToken.None);
        var stored = maps.ToDictionary(static m => m.Metadata.Name, static m => m.Data.Get("value"));
        foreach (var (name, value) in acknowledged) stored.GetValueOrDefault(name).ShouldBe(value, name);
    }
}
