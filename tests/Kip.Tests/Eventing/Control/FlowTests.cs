using Kip.Resources;
using Kip.Resources.Flows;
using Kip.Resources.Messaging;
using Kip.Testing.Eventing;
using Kip.Testing.Serving;
using Kip.Testing.Simulation;
using Shouldly;
using Parallel = Kip.Resources.Flows.Parallel;

namespace Kip.Tests.Eventing.Control;

public class FlowTests
{
    public static TheoryData<int> Runs => [.. Seeds.Take(20)];

    [Fact]
    public void A_sequence_leads_from_step_to_step_and_then_to_the_reply()
    {
        var world = EventingWorld.Make();

        world.ApplyYaml(SequenceOf(3, "reply: {uri: 'http://127.0.0.1:9/end'}"));

        var sequence = world.Get<Sequence>("line");
        sequence.Status.Conditions.IsReady().ShouldBeTrue();
        sequence.Status.Address!.Url.ShouldBe("http://line-kn-sequence-0-kn-channel.default.svc.cluster.local");
        sequence.Status.ChannelStatuses.Select(static c => c.Channel!.Name).ShouldBe(["line-kn-sequence-0", "line-kn-sequence-1", "line-kn-sequence-2"]);
        sequence.Status.SubscriptionStatuses.Select(static s => s.Ready!.Status).ShouldBe(["True", "True", "True"]);
        var replies = Enumerable.Range(0, 3).Select(i => world.Get<Subscription>($"line-kn-sequence-{i}").Status.PhysicalSubscription!.ReplyUri);
        replies.ShouldBe(
        [
            "http://line-kn-sequence-1-kn-channel.default.svc.cluster.local", "http://line-kn-sequence-2-kn-channel.default.svc.cluster.local",
            "http://127.0.0.1:9/end",
        ]);
    }

    [Fact]
    public void Steps_come_and_go()
    {
        var world = EventingWorld.Make();
        foreach (var steps in (int[])[2, 5, 1, 3])
        {
            world.ApplyYaml(SequenceOf(steps));

            world.Get<Sequence>("line").Status.Conditions.IsReady().ShouldBeTrue();
            world.Objects.OfType<InMemoryChannel>().Count().ShouldBe(steps);
            world.Objects.OfType<Subscription>().Count().ShouldBe(steps);
        }
        world.Delete(world.Get<Sequence>("line"));
        world.Settle();
        world.Objects.ShouldNotContain(static o => o is InMemoryChannel || o is Subscription);
    }

    [Fact]
    public void A_parallel_has_a_channel_for_each_branch_behind_its_filter()
    {
        var world = EventingWorld.Make();

        world.ApplyYaml("""
            apiVersion: flows.knative.dev/v1
            kind: Parallel
            metadata: {name: fork}
            spec:
              branches:
              - filter: {uri: 'http://127.0.0.1:9/f0'}
                subscriber: {uri: 'http://127.0.0.1:9/s0'}
                delivery: {retry: 2}
              - subscriber: {uri: 'http://127.0.0.1:9/s1'}
                reply: {uri: 'http://127.0.0.1:9/r1'}
              reply: {uri: 'http://127.0.0.1:9/end'}
            """);

        var parallel = world.Get<Parallel>("fork");
        parallel.Status.Conditions.IsReady().ShouldBeTrue();
        parallel.Status.Address!.Url.ShouldBe("http://fork-kn-parallel-kn-channel.default.svc.cluster.local");
        Physical("fork-kn-parallel-filter-0").ShouldBe(("http://127.0.0.1:9/f0", "http://fork-kn-parallel-0-kn-channel.default.svc.cluster.local"));
        Physical("fork-kn-parallel-filter-1").ShouldBe(("http://fork-kn-parallel-1-kn-channel.default.svc.cluster.local", null));
        Physical("fork-kn-parallel-0").ShouldBe(("http://127.0.0.1:9/s0", "http://127.0.0.1:9/end"));
        Physical("fork-kn-parallel-1").ShouldBe(("http://127.0.0.1:9/s1", "http://127.0.0.1:9/r1"));
        world.Get<Subscription>("fork-kn-parallel-0").Spec.Delivery!.Retry.ShouldBe(2);
        parallel.Status.BranchStatuses[0].FilterSubscriptionStatus!.Subscription!.Name.ShouldBe("fork-kn-parallel-filter-0");

        (string?, string?) Physical(string name)
        {
            var physical = world.Get<Subscription>(name).Status.PhysicalSubscription!;
            return (physical.SubscriberUri, physical.ReplyUri);
        }
    }

    [Fact]
    public void A_flow_does_not_take_over_what_is_somebody_elses()
    {
        var world = EventingWorld.Make();
        world.ApplyYaml("apiVersion: messaging.knative.dev/v1\nkind: InMemoryChannel\nmetadata: {name: line-kn-sequence-0}\n");

        world.ApplyYaml(SequenceOf(1));

        world.Get<Sequence>("line").Status.Conditions.Find("ChannelsReady")!.Message.ShouldNotBeNull().ShouldContain("that we do not own");
        world.Get<InMemoryChannel>("line-kn-sequence-0").Metadata.OwnerReferences.ShouldBeEmpty();

        world.Delete(world.Get<InMemoryChannel>("line-kn-sequence-0"));
        world.Settle();
        world.Get<Sequence>("line").Status.Conditions.IsReady().ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Whatever_the_order_of_work_flows_end_with_exactly_their_children(int seed)
    {
        var world = EventingWorld.Make(seed);
        var random = new Random(seed);
        var steps = 0;
        for (var change = 0; change < 8; change++)
        {
            steps = random.Next(1, 5);
            foreach (var resource in Yaml.Read(SequenceOf(steps, random.Next(2) == 0 ? "" : "reply: {uri: 'http://127.0.0.1:9/end'}"))) world.Apply(resource);
            if (random.Next(3) == 0) world.Settle();
        }
        world.Settle();

        var wanted = Enumerable.Range(0, steps).Select(static i => $"line-kn-sequence-{i}").ToArray();
        world.Objects.OfType<InMemoryChannel>().Select(static c => c.Metadata.Name).ShouldBe(wanted);
        world.Objects.OfType<Subscription>().Select(static s => s.Metadata.Name).ShouldBe(wanted);
        world.Get<Sequence>("line").Status.Conditions.IsReady().ShouldBeTrue();
    }

    private static string SequenceOf(int steps, string more = "") =>
        $"""
        apiVersion: flows.knative.dev/v1
        kind: Sequence
        metadata: {"{"}name: line{"}"}
        spec:
          {more}
          steps: [{string.Join(", ", Enumerable.Range(0, steps).Select(static i => $"{{uri: 'http://127.0.0.1:9/{i}'}}"))}]
        """;
}
