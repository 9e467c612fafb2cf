namespace Kip.Conformance.Serving.Scenarios;

/// <summary>Rows of upstream's suites that are not asked, each with the reason; the reasons stand in <c>docs/compatibility.md</c>, too.</summary>
internal static class NotAskedCases
{
    public static IReadOnlyList<ConformanceCase> All { get; } =
    [
        ConformanceCase.NotSupported("serving/scale/unschedulable", "A pod that asks for more than there is says Unschedulable", "TestPodScheduleError",
            "there is one machine and no scheduler: resource requests are kept and shown, and no pod waits for room"),
        ConformanceCase.NotSupported(
            "serving/traffic/request-logs", "Requests are logged by the template", "TestRequestLogs",
            "upstream reads them from the queue-proxy, which Kip has not; Kip's own tests have it"),
        ConformanceCase.NotSupported(
            "serving/traffic/high-availability", "Ending one replica of a component loses no request",
            "TestActivatorHA*, TestAutoscalerHA, TestControllerHA",
            "on one machine the components are one process"),
    ];
}
