using Kip.Client;
using Kip.Resources.Core;
using Kip.Runtime.Pods;
using Kip.Runtime.Pods.Slots;
using Shouldly;

namespace Kip.Tests.Runtime.Pods;

public class PodRulesTests
{
    private static readonly ContainerState Running = new() { Running = new ContainerStateRunning() };
    private static readonly ContainerState Ok = new() { Terminated = new ContainerStateTerminated { ExitCode = 0 } };
    private static readonly ContainerState Bad = new() { Terminated = new ContainerStateTerminated { ExitCode = 1 } };
    private static readonly ContainerState Waiting = ContainerFacts.Waiting("ContainerCreating");

    private static ContainerFacts Facts(ContainerState state, ContainerState? last = null, bool ready = false, string name = "app") =>
        new() { Name = name, Image = "i", State = state, LastState = last, Started = ready, PassesReadiness = ready };

    public static TheoryData<string?, string, string> Phases => new()
    {
        { "Always", "w", "Pending" }, { "Always", "rw", "Pending" }, { "Always", "r", "Running" }, { "Always", "k", "Running" },
        { null, "o", "Running" }, { "Never", "o", "Succeeded" }, { "Never", "ob", "Failed" }, { "Never", "or", "Running" },
        { "OnFailure", "o", "Succeeded" }, { "OnFailure", "ob", "Running" }, { "OnFailure", "k", "Running" },
    };

    [Theory]
    [MemberData(nameof(Phases))]
    public void The_phase_is_the_kubelets(string? policy, string states, string phase) => PodStatusRules.Phase(policy, [.. states.Select(static s => s switch
    {
        'r' => Facts(Running),
        'o' => Facts(Ok),
        'b' => Facts(Bad),
        'k' => Facts(ContainerFacts.Waiting("CrashLoopBackOff"), Bad),
        _ => Facts(Waiting),
    })]).ShouldBe(phase);

    [Fact]
    public void A_pod_is_ready_when_all_its_containers_are_and_says_which_are_not()
    {
        var pod = new Pod { Spec = new PodSpec { Containers = [new Container { Name = "a" }, new Container { Name = "b" }] } };

        var half = PodStatusRules.Next(pod, "127.0.0.1", [], [Facts(Running, ready: true, name: "a"), Facts(Running, name: "b")], DateTimeOffset.UnixEpoch);
        var whole = PodStatusRules.Next(
            pod with { Status = half }, "127.0.0.1", [], [Facts(Running, ready: true, name: "a"), Facts(Running, ready: true, name: "b")],
            DateTimeOffset.UnixEpoch.AddSeconds(5));

        var unready = half.Conditions.First(static c => c.Type == "Ready");
        (unready.Status, unready.Reason, unready.Message).ShouldBe(("False", "ContainersNotReady", "containers with unready status: [b]"));
        whole.Conditions.First(static c => c.Type == "Ready").LastTransitionTime.ShouldBe(DateTimeOffset.UnixEpoch.AddSeconds(5));
        whole.Conditions.First(static c => c.Type == "PodScheduled").LastTransitionTime.ShouldBe(DateTimeOffset.UnixEpoch);
        half.Conditions.Select(static c => c.Type).ShouldBe(["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"]);
    }

    [Fact]
    public void The_same_facts_give_the_same_status()
    {
        var pod = new Pod { Spec = new PodSpec { Containers = [new Container { Name = "a" }] } };
        var once = PodStatusRules.Next(pod, "127.0.0.1", [], [Facts(Running)], DateTimeOffset.UnixEpoch);

        PodStatusRules.Next(pod with { Status = once }, "127.0.0.1", [], [Facts(Running)], DateTimeOffset.UnixEpoch.AddHours(1)).ShouldBe(once);
    }

    [Fact]
    public void A_pod_without_a_place_is_pending_and_says_nothing_but_that()
    {
        var pod = new Pod { Spec = new PodSpec { Containers = [new Container { Name = "a" }] } };
        var once = PodStatusRules.Unschedulable(pod, "no room", DateTimeOffset.UnixEpoch);

        (once.Phase, once.QosClass, once.StartTime, once.HostIP).ShouldBe(("Pending", "BestEffort", null, null));
        var condition = once.Conditions.ShouldHaveSingleItem();
        (condition.Type, condition.Status, condition.Reason, condition.Message).ShouldBe(("PodScheduled", "False", "Unschedulable", "no room"));
        PodStatusRules.Unschedulable(pod with { Status = once }, "no room", DateTimeOffset.UnixEpoch.AddHours(1)).ShouldBe(once);
    }

    [Theory]
    [InlineData("Always", 0, true)]
    [InlineData(null, 1, true)]
    [InlineData("OnFailure", 0, false)]
    [InlineData("OnFailure", 137, true)]
    [InlineData("Never", 1, false)]
    public void Who_is_restarted(string? policy, int code, bool restarted) => RestartRules.ShouldRestart(policy, code).ShouldBe(restarted);

    [Fact]
    public void Restarts_come_at_once_then_after_10_s_doubling_to_5_minutes_and_anew_after_10_good_minutes()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5));
        var (crashes, waits) = (0, new List<double>());
        foreach (var ran in (int[])[0, 0, 0, 0, 0, 0, 0, 0, 600, 0])
        {
            (crashes, var wait) = RestartRules.Next(crashes, TimeSpan.FromSeconds(ran), backoff, TimeSpan.FromMinutes(10));
            waits.Add(wait.TotalSeconds);
        }
        waits.ShouldBe([0, 10, 20, 40, 80, 160, 300, 300, 0, 10]);
    }

    [Fact]
    public void What_ran_in_the_platforms_earlier_life_has_ended_and_what_had_ended_stays_so()
    {
        var container = new Container { Name = "a", Image = "i" };
        var ran = RestartRules.AfterPlatformRestart(container, new ContainerStatus { Name = "a", RestartCount = 2, State = Running });
        var ended = RestartRules.AfterPlatformRestart(container, new ContainerStatus { Name = "a", RestartCount = 2, State = Ok });

        (ran.State.Terminated!.Reason, ran.State.Terminated.ExitCode, ran.RestartCount).ShouldBe(("ContainerStatusUnknown", 137, 2));
        ended.State.ShouldBe(Ok);
        RestartRules.AfterPlatformRestart(container, null).State.Waiting!.Reason.ShouldBe("ContainerCreating");
    }
}
