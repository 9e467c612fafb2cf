using Kip.Client.Eventing;
using Kip.Client.Loop;
using Kip.Resources.Flows;
using Kip.Rules.Eventing.Flows;
using Parallel = Kip.Resources.Flows.Parallel;

namespace Kip.Controllers.Eventing;

/// <summary>The controllers of Eventing.</summary>
public static class EventingControllers
{
    /// <summary>A fresh set, to be run by a <see cref="ControllerHost"/>; none is shared between hosts.</summary>
    /// <param name="dataPlane">What delivers the events; null where it does not run in this process.</param>
    public static IReadOnlyList<IReconciler> Create(IEventDataPlane? dataPlane = null) =>
    [
        new BrokerReconciler(dataPlane), new TriggerReconciler(dataPlane), new EventTypeReconciler(),
        new NamespaceSugarReconciler(), new TriggerSugarReconciler(),
        new ChannelReconciler(), new InMemoryChannelReconciler(dataPlane), new SubscriptionReconciler(dataPlane),
        new FlowReconciler<Sequence>(SequencePlanner.NamesOf, SequencePlanner.Plan),
        new FlowReconciler<Parallel>(ParallelPlanner.NamesOf, ParallelPlanner.Plan),
    ];
}
