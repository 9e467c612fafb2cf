using Kip.Resources;
using Kip.Resources.Duck;
using Kip.Resources.Flows;
using Kip.Resources.Messaging;
using Kip.Resources.Planning;
using Kip.Rules.Names;
using Parallel = Kip.Resources.Flows.Parallel;

namespace Kip.Rules.Eventing.Flows;

/// <summary>
/// Parallel → one channel that takes events in; for each branch a Subscription to its filter, a channel for what the filter lets pass, and a
/// Subscription from there to the subscriber.
/// </summary>
public static class ParallelPlanner
{
    /// <summary>The names of the children.</summary>
    public static FlowNames NamesOf(Parallel parallel)
    {
        var branches = Enumerable.Range(0, parallel.Spec.Branches.Count).ToArray();
        return new(
            [IngressName(parallel), .. branches.Select(i => BranchName(parallel, i))],
            [.. branches.Select(i => FilterName(parallel, i)), .. branches.Select(i => BranchName(parallel, i))]);
    }

    /// <summary>Decides what a Parallel's channels and Subscriptions should be, and what its status should say.</summary>
    public static Plan Plan(FlowView<Parallel> seen)
    {
        var parallel = seen.Flow;
        if (parallel.Metadata.DeletionTimestamp is not null) return Resources.Planning.Plan.Nothing;
        var children = new FlowChildren<Parallel>(seen, parallel.Spec.ChannelTemplate);
        var ingress = children.Channel(IngressName(parallel));
        var branches = parallel.Spec.Branches.Select((branch, i) => Branch(parallel, branch, i, children)).ToValueList();
        children.DeleteSurplus(NamesOf(parallel));

        // As in Knative a channel counts as ready when it has an address.
        var areAddressable = NamesOf(parallel).Channels.All(name => children.AddressOf(name) is { Url.Length: > 0 });
        var areSubscribed = branches.All(static b =>
            FlowConditions.IsTrue(b.FilterSubscriptionStatus?.Ready) && FlowConditions.IsTrue(b.SubscriberSubscriptionStatus?.Ready));
        var address = children.AddressOf(IngressName(parallel));
        var readiness = new FlowReadiness(children.Problem, areAddressable, areSubscribed, address);
        var status = parallel.Status with
        {
            ObservedGeneration = parallel.Metadata.Generation,
            Conditions = FlowConditions.Mark(parallel.Status.Conditions, readiness, ConditionStatus.False, seen.Now).ToList(),
            IngressChannelStatus = ingress,
            BranchStatuses = branches,
            Address = address,
        };
        return new Plan(children.Edits, parallel with { Status = status });
    }

    private static ParallelBranchStatus Branch(Parallel parallel, ParallelBranch branch, int index, FlowChildren<Parallel> children)
    {
        var name = BranchName(parallel, index);
        var passed = new Destination { Ref = FlowNames.ReferenceTo(name) };
        var ingress = FlowNames.ReferenceTo(IngressName(parallel));
        var channel = children.Channel(name);
        // Without a filter the branch's channel is itself the subscriber; with one it gets what the filter answers.
        var filter = children.Subscription(FilterName(parallel, index), branch.Filter is { } asked
            ? new() { Channel = ingress, Subscriber = asked, Reply = passed }
            : new() { Channel = ingress, Subscriber = passed });
        var subscriber = children.Subscription(name, new()
        {
            Channel = FlowNames.ReferenceTo(name),
            Subscriber = branch.Subscriber,
            Reply = branch.Reply ?? parallel.Spec.Reply,
            Delivery = branch.Delivery,
        });
        return new() { FilterChannelStatus = channel, FilterSubscriptionStatus = filter, SubscriberSubscriptionStatus = subscriber };
    }

    private static string IngressName(Parallel parallel) => ChildName.Of(parallel.Metadata.Name, "-kn-parallel");

    private static string BranchName(Parallel parallel, int index) => ChildName.Of(parallel.Metadata.Name, $"-kn-parallel-{index}");

    private static string FilterName(Parallel parallel, int index) => ChildName.Of(parallel.Metadata.Name, $"-kn-parallel-filter-{index}");
}
