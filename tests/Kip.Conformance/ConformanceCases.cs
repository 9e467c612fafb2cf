using Kip.Conformance.Eventing;
using Kip.Conformance.Registry;
using Kip.Conformance.Serving.Api;
using Kip.Conformance.Serving.Ingress;
using Kip.Conformance.Serving.Runtime;
using Kip.Conformance.Serving.Scenarios;

namespace Kip.Conformance;

/// <summary>Every case there is. A folder of cases adds its lists here.</summary>
public static class ConformanceCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        .. ServiceCases.All,
        .. DomainCases.All,
        .. RouteCases.All,
        .. FailureCases.All,
        .. LimitCases.All,
        .. EnvironmentCases.All,
        .. ContainerCases.All,
        .. ProbeCases.All,
        .. IngressRoutingCases.All,
        .. IngressProtocolCases.All,
        .. IngressTlsCases.All,
        .. ScaleCases.All,
        .. TrafficCases.All,
        .. RegistryCases.All,
        .. BrokerControlCases.All,
        .. BrokerDataCases.All,
        .. BrokerDeliveryCases.All,
        .. BrokerRoutingCases.All,
        .. ChannelCases.All,
        .. FlowCases.All,
        .. EventTypeCases.All,
        .. FeatureCases.All,
        .. RolloutCases.All,
        .. RequestLogCases.All,
        .. AvailabilityCases.All,
    ];

    /// <summary>Those whose id contains the text; all for null.</summary>
    public static IReadOnlyList<ConformanceCase> Matching(string? filter) =>
        filter is null ? All : [.. All.Where(c => c.Id.Contains(filter, StringComparison.OrdinalIgnoreCase))];
}
