using Kip.Resources;
using Kip.Resources.Core;
using Kip.Rules.Scheduling;
using Shouldly;

namespace Kip.Tests.Scheduling;

/// <summary>Which pods the one node could run, whatever else runs there.</summary>
public class NodeRoomTests
{
    private const string End = ". preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";

    private static readonly NodeRoom Room = new(StringMap.Of(("cpu", "2"), ("memory", "4Gi"), ("pods", "10")));

    private static Container Asks(string? cpu = null, string? memory = null, string? limitCpu = null, string? restart = null)
    {
        var requests = default(StringMap);
        if (cpu is not null) requests = requests.With("cpu", cpu);
        if (memory is not null) requests = requests.With("memory", memory);
        return new Container
        {
            Name = "c", RestartPolicy = restart,
            Resources = new ResourceRequirements { Requests = requests, Limits = limitCpu is null ? default : StringMap.Of(("cpu", limitCpu)) },
        };
    }

    public static TheoryData<string, PodSpec, string?> Pods => new()
    {
        { "nothing is asked for", new PodSpec { Containers = [new Container { Name = "c" }] }, null },
        { "all there is", new PodSpec { Containers = [Asks("2", "4Gi")] }, null },
        { "a thousandth more", new PodSpec { Containers = [Asks("2001m")] }, "1 Insufficient cpu" },
        { "too much of both", new PodSpec { Containers = [Asks("3", "5Gi")] }, "1 Insufficient cpu, 1 Insufficient memory" },
        { "together too much", new PodSpec { Containers = [Asks("1"), Asks("1500m")] }, "1 Insufficient cpu" },
        { "a limit without a request", new PodSpec { Containers = [Asks(limitCpu: "3")] }, "1 Insufficient cpu" },
        { "a limit above the request", new PodSpec { Containers = [Asks("1", limitCpu: "3")] }, null },
        { "one init container", new PodSpec { InitContainers = [Asks(memory: "5Gi")], Containers = [Asks("1")] }, "1 Insufficient memory" },
        { "init containers one after the other", new PodSpec { InitContainers = [Asks("2"), Asks("2")], Containers = [Asks("2")] }, null },
        { "an init container that stays", new PodSpec { InitContainers = [Asks("1", restart: "Always")], Containers = [Asks("1500m")] }, "1 Insufficient cpu" },
        { "overhead", new PodSpec { Containers = [Asks("2")], Overhead = new RawJson("""{"cpu":"250m"}""") }, "1 Insufficient cpu" },
        { "other things are not counted", new PodSpec { Containers = [new Container
        {
            Name = "c", Resources = new ResourceRequirements { Requests = StringMap.Of(("ephemeral-storage", "1Ei")) },
        }] }, null },
    };

    [Theory]
    [MemberData(nameof(Pods))]
    public void A_pod_has_room_when_it_asks_for_no_more_than_the_node_has(string what, PodSpec spec, string? lacking) =>
        Room.Refusal(spec).ShouldBe(lacking is null ? null : $"0/1 nodes are available: {lacking}{End}", what);
}
